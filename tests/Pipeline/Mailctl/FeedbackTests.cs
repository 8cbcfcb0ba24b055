// mailctl reports ..., and the reports of others
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using MailFunctions.Mailctl;
using MailFunctions.Mailctl.Feedback;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class FeedbackTests(AzuriteServer azurite) : IDisposable
{
    private const string Dmarc =
        "<?xml version=\"1.0\"?><feedback xmlns=\"urn:x\"><report_metadata><org_name>far.test</org_name><report_id>1</report_id><date_range><begin>1661558400</begin>"
        + "<end>1661644799</end></date_range></report_metadata><policy_published><domain>example.test</domain><p>reject</p></policy_published>"
        + "<record><row><source_ip>192.0.2.1</source_ip><count>2</count><policy_evaluated><disposition>reject</disposition><dkim>fail</dkim><spf>pass</spf>"
        + "</policy_evaluated></row><identifiers><header_from>example.test</header_from></identifiers></record></feedback>";

    private const string Tls =
        """
        {"organization-name":"far.test","date-range":{"start-datetime":"2026-01-01T00:00:00Z","end-datetime":"2026-01-01T23:59:59Z"},"report-id":"7",
        "policies":[{"policy":{"policy-type":"sts","policy-domain":"example.test"},"summary":{"total-successful-session-count":5,"total-failure-session-count":"1"},
        "failure-details":[{"result-type":"certificate-expired","receiving-mx-hostname":"mx.example.test","sending-mta-ip":"192.0.2.1","failed-session-count":1}]}]}
        """;

    private readonly Operator _person = new(azurite.FreshAccount());

    [Fact]
    public void Reports_of_the_world_say_what_another_reader_has_read()
    {
        var root = Testdata.Require("reports-stalwart");
        var files = new[] { "dmarc-feedback", "tlsrpt" }.SelectMany(name => Directory.EnumerateFiles(Path.Combine(root, name)))
            .Where(file => !file.EndsWith(".json", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(files);
        Assert.All(files, Compare);
    }

    private static void Compare(string file)
    {
        var (found, trouble) = FeedbackReading.Read(file, File.ReadAllBytes(file));

        Assert.Null(trouble);
        using var json = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(file, ".json")));
        var expected = json.RootElement;
        var report = Assert.Single(found);
        if (report.Tls is { } tls)
        {
            Assert.Equal(expected.GetProperty("report-id").GetString(), tls.Id);
            Assert.Equal(expected.GetProperty("policies").GetArrayLength(), tls.Policies.Count);
            Assert.Equal(expected.GetProperty("policies")[0].GetProperty("summary").GetProperty("total-successful-session-count").GetInt64(), tls.Policies[0].Successes);
            Assert.Equal(expected.GetProperty("policies")[0].GetProperty("failure-details")[0].GetProperty("result-type").GetString(), tls.Policies[0].Details[0].Kind);
            return;
        }
        var dmarc = report.Dmarc!;
        var metadata = expected.GetProperty("report_metadata");
        Assert.Equal(
            (metadata.GetProperty("org_name").GetString(), metadata.GetProperty("report_id").GetString(), expected.GetProperty("policy_published").GetProperty("domain").GetString(),
                metadata.GetProperty("date_range").GetProperty("begin").GetInt64(), metadata.GetProperty("date_range").GetProperty("end").GetInt64()),
            (dmarc.Organization, dmarc.Id, dmarc.Domain, dmarc.From.ToUnixTimeSeconds(), dmarc.To.ToUnixTimeSeconds()));
        Assert.Equal(
            expected.GetProperty("record").EnumerateArray().Select(record =>
            {
                var row = record.GetProperty("row");
                var evaluated = row.GetProperty("policy_evaluated");
                return $"{row.GetProperty("source_ip").GetString()} {row.GetProperty("count").GetInt64()} {evaluated.GetProperty("dkim").GetString()} "
                    + $"{evaluated.GetProperty("spf").GetString()} {record.GetProperty("identifiers").GetProperty("header_from").GetString()}";
            }),
            dmarc.Rows.Select(row => $"{row.Source} {row.Count} {Capital(row.Dkim)} {Capital(row.Spf)} {row.HeaderFrom}"));
    }

    public static TheoryData<string, byte[]> Packings => new()
    {
        { "as it is", Encoding.UTF8.GetBytes(Dmarc) },
        { "behind a mark and blanks", [0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes("  \r\n" + Dmarc[21..])] },
        { "gzip", GZip(Encoding.UTF8.GetBytes(Dmarc)) },
        { "zip", Zip(("folder/", ""), ("x.xml", Dmarc)) },
        { "message", Message(GZip(Encoding.UTF8.GetBytes(Dmarc))) },
    };

    [Theory]
    [MemberData(nameof(Packings), DisableDiscoveryEnumeration = true)]
    public void A_report_is_found_however_it_is_packed(string packing, byte[] octets)
    {
        var (found, trouble) = FeedbackReading.Read(packing, octets);

        Assert.Null(trouble);
        var row = Assert.Single(Assert.Single(found).Dmarc!.Rows);
        Assert.Equal(("192.0.2.1", 2, "reject", "fail", "pass", "example.test"), (row.Source, row.Count, row.Disposition, row.Dkim, row.Spf, row.HeaderFrom));
    }

    [Theory]
    [MemberData(nameof(Packings), DisableDiscoveryEnumeration = true)]
    public void A_report_cut_anywhere_is_none_and_no_exception(string packing, byte[] octets)
    {
        for (var cut = 0; cut < octets.Length; cut++)
        {
            var (found, _) = FeedbackReading.Read(packing, octets[..cut]);
            // What comes behind the document's own end may be missing: the end of the archive or message around it.
            Assert.All(found, report => Assert.Equal("192.0.2.1", Assert.Single(report.Dmarc!.Rows).Source));
            if (packing == "as it is")
                Assert.Empty(found);
        }
    }

    public static TheoryData<string, byte[]> Hostile => new()
    {
        { "gzip that grows", GZip(new byte[20_000_000]) },
        { "zip that grows", Zip(("x.xml", new string(' ', 20_000_000))) },
        { "zip of many", Zip([.. Enumerable.Range(0, 100).Select(number => ($"{number}.xml", Dmarc))]) },
        { "zip of nothing", Zip() },
        { "gzip of gzip", GZip(GZip(Encoding.UTF8.GetBytes(Dmarc))) },
        { "entities", Encoding.UTF8.GetBytes("<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]>" + Dmarc[21..].Replace("far.test", "&b;", StringComparison.Ordinal)) },
        { "another host", Encoding.UTF8.GetBytes("<!DOCTYPE feedback SYSTEM \"http://127.0.0.1/x.dtd\">" + Dmarc[21..]) },
        { "deep", Encoding.UTF8.GetBytes("<feedback><record>" + string.Concat(Enumerable.Repeat("<a>", 100_000))) },
        { "deep json", Encoding.UTF8.GetBytes(new string('[', 100_000)) },
        { "json", "{\"date-range\":[],\"policies\":{}}"u8.ToArray() },
        { "negative count", Encoding.UTF8.GetBytes(Dmarc.Replace(">2<", ">-2<", StringComparison.Ordinal)) },
        { "large time", Encoding.UTF8.GetBytes(Dmarc.Replace(">1661644799<", ">99999999999999999<", StringComparison.Ordinal)) },
        { "html", "<html><body>no</body></html>"u8.ToArray() },
        { "nothing", [] },
        { "a message", "Subject: x\r\n\r\nx\r\n"u8.ToArray() },
    };

    [Theory]
    [MemberData(nameof(Hostile), DisableDiscoveryEnumeration = true)]
    public void What_is_no_report_or_a_bomb_is_none(string what, byte[] octets)
    {
        foreach (var content in (byte[][])[octets, Message(octets)])
        {
            var (found, trouble) = FeedbackReading.Read(what, content);
            Assert.Empty(found);
            Assert.NotNull(trouble);
        }
    }

    [Fact]
    public async Task Files_are_shown_as_tables_and_what_is_no_report_is_told()
    {
        var folder = Directory.CreateTempSubdirectory("reports-");
        await File.WriteAllTextAsync($"{folder}/d.xml", Dmarc.Replace("192.0.2.1", "192.0.2.1 &#27;", StringComparison.Ordinal).Replace("&#27;", "\u202e", StringComparison.Ordinal));
        await File.WriteAllTextAsync($"{folder}/t.json", Tls);
        await File.WriteAllTextAsync($"{folder}/x", "nothing");

        var said = await _person.RunAsync($"reports show {folder}/d.xml {folder}/t.json");
        Assert.Equal((ExitCode.Done, ""), (said.Code, said.Error));
        Assert.Contains("DMARC of example.test (p=reject) by far.test, 2022-08-27 00:00:00Z to", said.Output, StringComparison.Ordinal);
        Assert.Matches(@"192\.0\.2\.1 \?\s+2\s+reject\s+fail\s+pass\s+example\.test", said.Output);
        Assert.Matches(@"example\.test\s+sts\s+5\s+1", said.Output);
        Assert.Matches(@"1\s+certificate-expired\s+mx\.example\.test\s+192\.0\.2\.1", said.Output);

        said = await _person.RunAsync($"reports show {folder}/x {folder}/t.json {folder}/missing --json");
        Assert.Equal((ExitCode.Refused, 1), (said.Code, said.Json.GetProperty("reports").GetArrayLength()));
        Assert.Contains($"{folder}/x: there is no report in it.", said.Error, StringComparison.Ordinal);
        Assert.Contains("missing", said.Error, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_reports_in_a_mailbox_are_listed_by_their_time_and_other_mail_is_passed_over()
    {
        await _person.SetUpAsync();
        Assert.Contains("There are no reports", await _person.DoAsync("reports list boss@example.test"), StringComparison.Ordinal);
        await _person.DeliverAsync("boss@example.test", Encoding.Latin1.GetString(Message(Encoding.UTF8.GetBytes(Tls))));
        await _person.DeliverAsync("boss@example.test", "Subject: lunch\r\n\r\n<feedback>\r\n");
        await _person.DeliverAsync("boss@example.test", Encoding.Latin1.GetString(Message(GZip(Encoding.UTF8.GetBytes(Dmarc)))));

        var reports = (await _person.RunAsync("reports list boss@example.test --json")).Json.GetProperty("reports").EnumerateArray().ToList();

        Assert.Equal(2, reports.Count);
        Assert.Equal("far.test", reports[0].GetProperty("dmarc").GetProperty("organization").GetString());
        Assert.Equal("7", reports[1].GetProperty("tls").GetProperty("id").GetString());
        Assert.Equal(ExitCode.Refused, (await _person.RunAsync("reports list nobody@example.test")).Code);
    }

    public void Dispose() => _person.Dispose();

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static byte[] GZip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(content);
        return packed.ToArray();
    }

    private static byte[] Zip(params (string Name, string Text)[] files)
    {
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create))
        {
            foreach (var (name, text) in files)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }
        return packed.ToArray();
    }

    private static byte[] Message(byte[] attachment) => Encoding.ASCII.GetBytes(
        "Subject: Report\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\n"
        + "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + Convert.ToBase64String(attachment, Base64FormattingOptions.InsertLineBreaks) + "\r\n--b--\r\n");
}
