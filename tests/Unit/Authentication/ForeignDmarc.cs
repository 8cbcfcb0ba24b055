// DMARC as others have it: the decision table of mailauth, and the messages of rspamd.
using System.Text;
using System.Text.Json;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Authentication.Dmarc;
using MailFunctions.Authentication.Spf;
using MailFunctions.Dns;
using MailFunctions.Mail;
using MailFunctions.Mime;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Authentication;

public sealed class ForeignDmarc
{
    private static readonly SpfVerdict NoSpf = new(SpfResult.None, SpfIdentity.MailFrom, "");

    // The cases of RFC 7489 are run with the list and those of RFC 9989 with the walk. Not compared: the tags of a record as such, and mailauth's own
    // properties.
    [Fact]
    public async Task The_decision_table_of_mailauth_holds()
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(Testdata.Require("dmarc-mailauth"), "cases.json")));
        var wrong = new List<string>();
        var rows = 0;
        foreach (var row in cases.RootElement.EnumerateArray())
        {
            var verdict = await CheckAsync(row);
            foreach (var (name, found) in Found(verdict))
            {
                if (!row.GetProperty("expect").TryGetProperty(name, out var expected))
                    continue;
                rows++;
                if (expected.GetString() != found)
                    wrong.Add($"{row.GetProperty("name")}: {name} is {found} and not {expected}");
            }
        }
        Assert.Empty(wrong);
        Assert.InRange(rows, 30, 100);
    }

    // Where rspamd's case has no address of a client, SPF is none: "not known" would keep every policy from being applied.
    [Theory]
    [InlineData("pass_none", null, "pass")]
    [InlineData("fail_none", null, "fail none")]
    [InlineData("fail_quarantine", null, "fail quarantine")]
    [InlineData("subdomain_fail_reject", null, "fail reject")]
    [InlineData("onsubdomain_fail_alignment", null, "fail reject")]
    [InlineData("onsubdomain_fail_alignment", "yo.mom.za.org", "pass")]
    [InlineData("onsubdomain_fail_alignment", "mom.za.org", "fail reject")]
    [InlineData("onsubdomain_fail", "mom.za.org", "pass")]
    [InlineData("../utf", "mom.za.org", "none")]
    [InlineData("pct_none1", "mom.za.org", "fail none")]
    public async Task The_messages_of_rspamd_get_what_its_domains_ask_for(string file, string? spf, string expected)
    {
        var folder = Testdata.Require("auth-rspamd");
        var zones = ForeignSignatures.RspamdZones(folder, "merged");
        var message = Messages.Read(Path.Combine(folder, "messages", "dmarc", file + ".eml"));
        var header = new HeaderScan();
        header.Pass(message);
        var dkim = await Messages.VerifyAsync(message, zones);
        var verdict = await new DmarcCheck(zones, new PublicSuffixes(), new Random(1)).CheckAsync(
            header.From, spf is null ? NoSpf : DmarcChecks.Passed(spf), dkim, TestContext.Current.CancellationToken);
        Assert.True(expected == DmarcChecks.Words(verdict), $"{verdict}, signatures {Messages.Words(dkim)}");
    }

    private static async Task<DmarcVerdict> CheckAsync(JsonElement row)
    {
        var from = row.GetProperty("header_from").GetString()!;
        if (!from.Contains('@', StringComparison.Ordinal))
            from = "user@" + from;
        var zones = Zones(row);
        IOrganizationalDomains organizations = row.GetProperty("rfc").GetString() == "9989" ? new TreeWalk(zones) : new PublicSuffixes();
        var spf = Texts(row.GetProperty("spf_pass_domains")).ToArray();
        return await new DmarcCheck(zones, organizations, new Random(1)).CheckAsync(
            [Encoding.UTF8.GetBytes(from)],
            spf.Length == 0 ? NoSpf : DmarcChecks.Passed(spf.Single()),
            [.. Texts(row.GetProperty("dkim_pass_domains")).Select(domain => new DkimResult(DkimVerdict.Pass, DomainName.Parse(domain), "s", ""))],
            TestContext.Current.CancellationToken);
    }

    private static ZoneResolver Zones(JsonElement row)
    {
        var zones = new ZoneResolver();
        foreach (var name in row.GetProperty("dns").EnumerateObject())
        {
            if (name.Value.TryGetProperty("TXT", out var records))
            {
                foreach (var strings in records.EnumerateArray())
                    zones.AddTxt(name.Name, string.Concat(Texts(strings)));
            }
            if (name.Value.TryGetProperty("A", out var addresses))
                zones.AddHost(name.Name, [.. Texts(addresses)]);
        }
        if (row.GetProperty("dns_error").ValueKind == JsonValueKind.String)
            zones.Fail("_dmarc.example.com", Trouble.TimedOut);
        return zones;
    }

    private static IEnumerable<(string Name, string? Value)> Found(DmarcVerdict verdict) =>
    [
        ("status.result", AuthenticationResults.Word(verdict.Result)),
        ("policy", AuthenticationResults.Word(verdict.Policy)),
        ("domain", verdict.PublishedAt?.Text),
    ];

    private static IEnumerable<string> Texts(JsonElement array) => array.EnumerateArray().Select(item => item.GetString()!);
}
