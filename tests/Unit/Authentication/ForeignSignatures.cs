// Signed messages of others: RFC 8463, dkimpy, MimeKit, Stalwart, Mail::DKIM and rspamd.
using System.Text.Json;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Dns;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Authentication;

public sealed class ForeignSignatures
{
    [Theory]
    [InlineData("dkim-001.eml")]
    [InlineData("dkim-003.eml")]
    [InlineData("arc-002.eml")]
    [InlineData("dkimpy-ed25519test2.msg")]
    [InlineData("mimekit-gmail.msg")]
    public async Task The_signatures_of_other_signers_pass_however_the_message_is_cut(string file)
    {
        var folder = Testdata.Require("dkim-vectors");
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")));
        using var zones = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "dns.json")));
        var row = cases.RootElement.EnumerateArray().Single(item => item.GetProperty("file").GetString() == file);
        var expected = string.Join(' ', row.GetProperty("signatures").EnumerateArray().Select(item => item.GetString()));
        var message = Messages.Read(Path.Combine(folder, file));
        for (var cut = 0; cut <= message.Length; cut += 1 + (message.Length / 50))
            Assert.Equal(expected, Messages.Words(await Messages.VerifyAsync(message, Messages.Zones(zones.RootElement), cut)));
    }

    [Fact]
    public async Task The_corpus_of_Mail_DKIM_has_its_verdicts_by_RFC_8301()
    {
        var folder = Testdata.Require("dkim-mail-dkim");
        var zones = MailDkimZones(folder);
        var wrong = new List<string>();
        var rows = 0;
        foreach (var columns in File.ReadLines(Path.Combine(folder, "expected.tsv")).Skip(1).Select(line => line.Split('\t')))
        {
            rows++;
            var results = await Messages.VerifyAsync(Messages.Read(Path.Combine(folder, "corpus", columns[0])), zones);
            var isRight = columns[2] switch
            {
                "pass" => results.Any(result => result.Verdict == DkimVerdict.Pass),
                "none" => results.Count == 0,
                _ => results.Count > 0 && results.All(result => result.Verdict is not (DkimVerdict.Pass or DkimVerdict.None)),
            };
            if (!isRight || (columns[5].Contains("dns error", StringComparison.Ordinal) && columns[3] != "rsa-sha1" && results[0].Verdict != DkimVerdict.TempError))
                wrong.Add($"{columns[0]}: {Messages.Words(results)} ({string.Join(", ", results.Select(result => result.Reason))}) and not {columns[2]}");
        }
        Assert.Empty(wrong);
        Assert.True(rows > 30);
    }

    [Theory]
    [InlineData("dmarc/bad_dkim2.eml", "permerror")]
    [InlineData("dmarc/bad_dkim3.eml", "temperror")]
    [InlineData("dmarc/dkim_unknown_tags.eml", "pass")]
    [InlineData("dkim_large_hlist.eml", "permerror")]
    [InlineData("dkim_sigs_at_limit.eml", "permerror permerror permerror permerror pass")]
    [InlineData("ed25519-broken.eml", "fail fail")]
    [InlineData("dkim_key_too_long.eml", "permerror")]
    [InlineData("dkim_key_wide_ok.eml", "fail")]
    public async Task The_cases_of_rspamd_have_their_verdicts(string file, string expected)
    {
        var folder = Testdata.Require("auth-rspamd");
        var results = await Messages.VerifyAsync(Messages.Read(Path.Combine(folder, "messages", file)), RspamdZones(folder, "plugins"));
        Assert.True(expected == Messages.Words(results), $"{Messages.Words(results)}: {string.Join(", ", results.Select(result => result.Reason))}");
    }

    // Left out as a pass: the keys of google.com and microsoft.com are not among rspamd's records, its own test asks the world for them.
    [Fact]
    public async Task The_ARC_chain_of_rspamd_is_read_and_wants_keys_that_are_not_in_its_data()
    {
        var folder = Testdata.Require("auth-rspamd");
        var result = await Messages.ValidateAsync(Messages.Read(Path.Combine(folder, "messages", "arcallow.eml")), RspamdZones(folder, "merged"));
        Assert.Equal("Fail there is no key, 2 sets", $"{result.Verdict} {result.Reason}, {result.Sets} sets");
    }

    [Fact]
    public async Task The_ARC_chain_of_Stalwart_passes()
    {
        var folder = Testdata.Require("dkim-vectors");
        using var zones = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "dns.json")));
        var result = await Messages.ValidateAsync(Messages.Read(Path.Combine(folder, "arc-002.eml")), Messages.Zones(zones.RootElement));
        Assert.Equal("Pass ", $"{result.Verdict} {result.Reason}");
    }

    private static ZoneResolver MailDkimZones(string folder)
    {
        var zones = new ZoneResolver();
        foreach (var line in File.ReadLines(Path.Combine(folder, "FAKE_DNS.dat")).Where(line => line.Contains("._domainkey.", StringComparison.Ordinal)))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var text = line[space..].Trim();
            if (text.StartsWith("~~", StringComparison.Ordinal))
                zones.Fail(line[..space]);
            else if (text != "NXDOMAIN")
                zones.AddTxt(line[..space], text == "\"\"" ? "" : text);
        }
        return zones;
    }

    internal static ZoneResolver RspamdZones(string folder, string table)
    {
        using var dns = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "dns.json")));
        var zones = new ZoneResolver();
        foreach (var name in dns.RootElement.GetProperty(table).EnumerateObject())
        {
            if (!DnsName.TryParse(name.Name, out _) || name.Value.ValueKind != JsonValueKind.Object || !name.Value.TryGetProperty("TXT", out var texts))
                continue;
            if (texts.ValueKind == JsonValueKind.Array)
            {
                foreach (var text in texts.EnumerateArray())
                    zones.AddTxt(name.Name, text.GetString()!);
            }
            else if (texts.GetString() is "TIMEOUT" or "SERVFAIL")
            {
                zones.Fail(name.Name);
            }
        }
        return zones;
    }
}
