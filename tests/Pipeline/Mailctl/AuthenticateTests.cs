// mailctl authenticate: who really sent messages in files, asked of a real name server.
using System.Buffers;
using System.Text;
using System.Text.Json;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Mail;
using MailFunctions.Mailctl;
using MailFunctions.Pipeline.Dns;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class AuthenticateTests : IDisposable
{
    private const string NoStorage =
        "DefaultEndpointsProtocol=http;AccountName=none;AccountKey=bm9uZQ==;BlobEndpoint=http://127.0.0.1:1/none;QueueEndpoint=http://127.0.0.1:1/none";

    private const string Letter = "From: a@far.test\r\nTo: b@us.test\r\nSubject: x\r\nDate: Wed, 04 Mar 2026 10:00:00 +0000\r\n"
        + "Message-ID: <1@far.test>\r\n\r\none\r\n\r\ntwo\r\n";

    private static readonly DkimKey Key = new(DomainName.Parse("far.test"), "s", SigningKey.NewEd25519());

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task All_four_methods_are_told_and_the_field_with_them()
    {
        await using var server = await NsdServer.StartAsync(("far.test", Zone("far.test", Records())));
        using var person = new Operator(NoStorage);
        var file = Write("good.eml", Signed(Letter));
        var line = Assert.Single(Lines(await person.DoAsync(
            $"authenticate {file} --ip 192.0.2.7 --helo c.far.test --mail-from a@far.test --dns {server.Address}")));

        Assert.Equal(file, line.GetProperty("file").GetString());
        Assert.Equal("""{"result":"pass","domain":"far.test","explanation":null}""", Compact(line, "spf"));
        Assert.Equal("""[{"domain":"far.test","selector":"s","result":"pass","reason":null}]""", Compact(line, "dkim"));
        Assert.Equal("""{"result":"pass","policy":"reject","disposition":"none","domain":"far.test"}""", Compact(line, "dmarc"));
        Assert.Equal("""{"result":"none"}""", Compact(line, "arc"));
        Assert.StartsWith("Authentication-Results: localhost;\r\n\tspf=pass", line.GetProperty("header").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forgery_is_to_be_rejected_and_its_domain_explains()
    {
        await using var server = await NsdServer.StartAsync(("far.test", Zone("far.test", Records())));
        using var person = new Operator(NoStorage);
        var file = Write("bad.eml", Signed(Letter).Replace("two", "too", StringComparison.Ordinal));
        var line = Assert.Single(Lines(await person.DoAsync(
            $"authenticate {file} --ip 198.51.100.7 --helo c --mail-from <a@far.test> --dns {server.Address}")));
        Assert.Equal("""{"result":"fail","domain":"far.test","explanation":"198.51.100.7 is not ours"}""", Compact(line, "spf"));
        Assert.Equal("fail", line.GetProperty("dkim")[0].GetProperty("result").GetString());
        Assert.Equal("""{"result":"fail","policy":"reject","disposition":"reject","domain":"far.test"}""", Compact(line, "dmarc"));
    }

    [Fact]
    public async Task A_batch_is_answered_in_order_whatever_is_wrong_with_some_of_it()
    {
        await using var server = await NsdServer.StartAsync(("far.test", Zone("far.test", Records())));
        using var person = new Operator(NoStorage);
        var unix = Write("unix.eml", Signed(Letter).Replace("\r\n", "\n", StringComparison.Ordinal));
        var (anonymous, missing) = (Write("anonymous.eml", "Subject: x\r\n\r\n"), Path.Combine(_folder, "missing.eml"));
        var input = $$"""
            {"file":"{{unix}}","ip":null,"helo":null,"mailFrom":null}
            not JSON
            {"file":"{{missing}}"}
            {"file":"{{anonymous}}"}

            {"file":"{{unix}}","ip":"here"}
            null
            {"file":"{{unix}}","ip":"::ffff:192.0.2.7","helo":"far.test","mailFrom":""}
            {"file":"{{unix}}","ip":"192.0.2.7","helo":"far.test","mailFrom":null}
            """;
        var said = await person.RunAsync($"authenticate --batch --dns localhost:{server.Address.Port}", input);

        Assert.Equal((ExitCode.Refused, ""), (said.Code, said.Error));
        var lines = Lines(said.Output);
        Assert.Equal([false, true, true, false, true, true, false, false], lines.Select(line => line.TryGetProperty("error", out _)));
        Assert.Equal(["none", "none", "pass", "none"], new[] { 0, 3, 6, 7 }.Select(at => lines[at].GetProperty("spf").GetProperty("result").GetString()));
        Assert.Equal(["pass", "pass"], new[] { 0, 6 }.Select(at => lines[at].GetProperty("dkim")[0].GetProperty("result").GetString()));
        Assert.Equal("""{"result":"none","policy":null,"disposition":"none","domain":null}""", Compact(lines[3], "dmarc"));
        Assert.Equal([2, 3, 6, 7], new[] { 1, 2, 4, 5 }.Select(at => lines[at].GetProperty("line").GetInt32()));
    }

    [Fact]
    public async Task The_signatures_of_other_signers_have_their_verdicts()
    {
        var folder = Testdata.Require("dkim-vectors");
        using var names = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "dns.json")));
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")));
        var records = names.RootElement.EnumerateObject().SelectMany(name => name.Value.EnumerateArray().Select(text => (name.Name, text.GetString()!)));
        var zones = records.GroupBy(record => record.Name.TrimEnd('.').Split('.')[^1]).Select(zone => (zone.Key, Zone(zone.Key, zone))).ToArray();
        await using var server = await NsdServer.StartAsync(zones);
        using var person = new Operator(NoStorage);
        var rows = cases.RootElement.EnumerateArray().Where(row => row.TryGetProperty("signatures", out _)).ToList();
        var input = string.Join('\n', rows.Select(row => $$"""{"file":"{{Path.Combine(folder, row.GetProperty("file").GetString()!)}}"}"""));
        var lines = Lines((await person.RunAsync($"authenticate --batch --dns {server.Address}", input)).Output);

        Assert.NotEmpty(rows);
        Assert.Equal(
            rows.Select(row => string.Join(' ', row.GetProperty("signatures").EnumerateArray().Select(item => item.GetString()))),
            lines.Select(line => string.Join(' ', line.GetProperty("dkim").EnumerateArray().Select(one => one.GetProperty("result").GetString()))));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("\n", "\r\n")]
    [InlineData("a\nb\r\nc\rd\r\r\n\n\r", "a\r\nb\r\nc\rd\r\r\n\r\n\r")]
    public void Line_ends_are_made_whole_however_they_are_cut(string file, string wire)
    {
        for (var cut = 0; cut <= file.Length; cut++)
        {
            var (lineEnds, output) = (new LineEnds(), new ArrayBufferWriter<byte>());
            lineEnds.Pass(Encoding.ASCII.GetBytes(file[..cut]), output);
            lineEnds.Pass(Encoding.ASCII.GetBytes(file[cut..]), output);
            Assert.Equal(wire, Encoding.ASCII.GetString(output.WrittenSpan));
        }
    }

    private static string Signed(string message)
    {
        using var digest = new MessageDigest(DigestPurpose.Sign);
        digest.Pass(Encoding.ASCII.GetBytes(message));
        digest.Complete();
        return Encoding.ASCII.GetString(new DkimSigner(TimeProvider.System).Sign(digest, [Key])) + message;
    }

    private static IEnumerable<(string Name, string Text)> Records() =>
    [
        ("far.test", "v=spf1 ip4:192.0.2.0/24 exp=why.far.test -all"),
        ("why.far.test", "%{i} is not ours"),
        ("_dmarc.far.test", "v=DMARC1; p=reject"),
        ("s._domainkey.far.test", Key.Key.DnsRecord),
    ];

    private static string Zone(string name, IEnumerable<(string Name, string Text)> records)
    {
        var zone = new StringBuilder($"{name}. 60 IN SOA ns.{name}. host.{name}. 1 60 60 60 60\n{name}. 60 IN NS ns.{name}.\nns.{name}. 60 IN A 127.0.0.1\n");
        foreach (var (at, text) in records)
        {
            var pieces = text.Chunk(200).Select(piece => $"\"{new string(piece).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
            zone.Append($"{at.TrimEnd('.')}. 60 IN TXT {string.Join(' ', pieces)}\n");
        }
        return zone.ToString();
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(content));
        return path;
    }

    private static List<JsonElement> Lines(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static string Compact(JsonElement line, string name) => line.GetProperty(name).GetRawText();
}
