// mailctl inspect: what messages are made of, from files, the spool and mailboxes.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MailFunctions.Mailctl;
using MailFunctions.Mailctl.Inspect;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class InspectTests(AzuriteServer azurite) : IDisposable
{
    private const string NoStorage =
        "DefaultEndpointsProtocol=http;AccountName=none;AccountKey=bm9uZQ==;BlobEndpoint=http://127.0.0.1:1/none;QueueEndpoint=http://127.0.0.1:1/none";

    private const string Letter = "From: =?utf-8?q?J=C3=BCrgen?= <j@b.test>\r\nTo: a@b.test, \"B, C\" <c@d.test>\r\n"
        + "Subject: =?iso-8859-1?q?Gr=FC=DFe?=\r\n x\r\n"
        + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=ISO-8859-1\r\n"
        + "Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=DFe\r\n--b\r\n"
        + "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''%C3%BC.bin\r\n"
        + "Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--b\r\n"
        + "Content-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\ninner\r\n--b\r\n"
        + "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x.test\r\n\r\n--b--\r\n";

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_is_told_as_header_addresses_parts_text_and_defects()
    {
        using var person = new Operator(NoStorage);
        var file = Write("letter.eml", Letter);
        var output = await person.DoAsync($"inspect {file}");

        var line = JsonDocument.Parse(Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries))).RootElement;
        Assert.Equal((file, (long)Letter.Length, "Gr\u00fc\u00dfe"), (Text(line, "file"), line.GetProperty("octets").GetInt64(), Text(line, "text")));
        Assert.Equal("""[{"name":"J\u00fcrgen","address":"j@b.test"}]""", Compact(line, "from"));
        Assert.Equal("""[{"name":null,"address":"a@b.test"},{"name":"B, C","address":"c@d.test"}]""", Compact(line, "to"));
        Assert.Contains("""{"name":"Subject","value":"Gr\u00fc\u00dfe x"}""", Compact(line, "headers"), StringComparison.Ordinal);
        Assert.Equal("[]", Compact(line, "defects"));
        var root = Assert.Single(line.GetProperty("parts").EnumerateArray());
        Assert.Equal(
            [
                "1 multipart/mixed - 7bit - - - -",
                $"1.1 text/plain ISO-8859-1 quoted-printable - - 5 {Hash("Gr\u00fc\u00dfe")}",
                $"1.2 application/octet-stream - base64 attachment \u00fc.bin 3 {Hash("\0\u0001\u0002")}",
                "1.3 message/rfc822 - 7bit - - - -",
                $"1.3.1 text/plain - 7bit - - 5 {Hash("inner")}",
                $"1.4 message/delivery-status - 7bit - - 28 {Hash("Reporting-MTA: dns; x.test\r\n")}",
            ],
            Rows(root));
    }

    [Fact]
    public async Task What_cannot_be_read_is_told_in_its_line_and_the_rest_goes_on()
    {
        using var person = new Operator(NoStorage);
        var (first, last, missing) = (Write("a.eml", "Subject: a\r\n\r\none"), Write("b.eml", ""), Path.Combine(_folder, "missing.eml"));
        var said = await person.RunAsync($"inspect {first} {missing} {_folder} {last}");

        Assert.Equal((ExitCode.Refused, ""), (said.Code, said.Error));
        var lines = said.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal([first, missing, _folder, last], lines.Select(line => Text(line, "file")));
        Assert.Equal([false, true, true, false], lines.Select(line => line.TryGetProperty("error", out _)));
        Assert.Contains("missing.eml", Text(lines[1], "error"), StringComparison.Ordinal);
        Assert.Equal(("one", ""), (Text(lines[0], "text"), Text(lines[3], "text")));
    }

    [Fact]
    public async Task Files_need_no_storage_and_come_out_in_UTF_8()
    {
        var (code, output, error) = await MailctlProcess.RunAsync(["inspect", Write("letter.eml", Letter)]);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("\"text\":\"Gr\u00fc\u00dfe\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_is_found_by_its_id_in_the_spool_and_in_a_mailbox()
    {
        await using var rig = new QueueRig(azurite);
        await rig.Person.SetUpAsync("alice");
        var spooled = await rig.SpoolAsync(QueueRig.Sender, message: "Subject: s\r\n\r\nspooled\r\n");
        var delivered = await rig.Person.DeliverAsync("alice@example.test", "Subject: m\r\n\r\ndelivered\r\n");

        var line = JsonDocument.Parse(await rig.Person.DoAsync($"inspect --id {spooled}")).RootElement;
        Assert.Equal((spooled.Text, "spooled\r\n"), (Text(line, "id"), Text(line, "text")));
        line = JsonDocument.Parse(await rig.Person.DoAsync($"inspect --account Alice@example.test --id {delivered}")).RootElement;
        Assert.Equal((delivered.Text, "alice@example.test", "delivered\r\n"), (Text(line, "id"), Text(line, "account"), Text(line, "text")));
        Assert.Contains("\"Return-Path\"", Compact(line, "headers"), StringComparison.Ordinal);

        var file = Write("a.eml", "\r\nfile");
        var said = await rig.Person.RunAsync($"inspect --id {delivered} --id {spooled} {file}");
        Assert.Equal(ExitCode.Refused, said.Code);
        var lines = said.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(one => JsonDocument.Parse(one).RootElement).ToList();
        Assert.Equal(["file", null, "spooled\r\n"], lines.Select(one => one.TryGetProperty("text", out var text) ? text.GetString() : null));
        Assert.Contains("--account", Text(lines[1], "error"), StringComparison.Ordinal);
        said = await rig.Person.RunAsync($"inspect --account alice@example.test --id {spooled}");
        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains("not in the mailbox of alice@example.test", said.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parts_as_deep_as_they_are_followed_are_told()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 200; i++)
            text.Append($"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n");
        using var person = new Operator(NoStorage);
        var output = await person.DoAsync($"inspect {Write("deep.eml", text.ToString())}");
        using var line = JsonDocument.Parse(output, new JsonDocumentOptions { MaxDepth = 1_000 });
        Assert.Equal(101, Rows(line.RootElement.GetProperty("parts")[0]).Count());
        Assert.Contains("\"tooDeep\"", Compact(line.RootElement, "defects"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_text_is_cut_and_says_so_and_is_hashed_whole()
    {
        var text = new string('x', Inspection.TextLength + 1);
        using var person = new Operator(NoStorage);
        var line = JsonDocument.Parse(await person.DoAsync($"inspect {Write("long.eml", $"\r\n{text}")}")).RootElement;
        Assert.Equal((Inspection.TextLength, true), (Text(line, "text")!.Length, line.GetProperty("textIsCut").GetBoolean()));
        Assert.Equal([$"1 text/plain - 7bit - - {text.Length} {Hash(text)}"], Rows(line.GetProperty("parts")[0]));
    }

    [Theory]
    [InlineData("base64")]
    [InlineData("quoted-printable")]
    [InlineData("7bit")]
    public async Task An_attachment_of_150_MB_is_not_held_in_memory(string encoding)
    {
        const int Lines = 150_000_000 / 78;
        var head = Encoding.ASCII.GetBytes($"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n");
        var lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"{new string('A', 76)}\r\n", 800)));
        var left = Lines;
        var isHeadRead = false;
        var before = GC.GetAllocatedBytesForCurrentThread(); // nothing here waits, so that all of it is on this thread
        var read = await Inspection.ReadAsync(MessageSource.Of("x"), ReadAsync, CancellationToken.None);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 1_000_000);
        Assert.Equal(encoding == "base64" ? Lines * 57L : Lines * 78L, Assert.Single(read.Parts).Octets);

        ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var next = isHeadRead ? lines.AsSpan(0, Math.Min(left, 800) * 78) : head;
            left -= isHeadRead ? next.Length / 78 : 0;
            isHeadRead = true;
            next.CopyTo(buffer.Span);
            return ValueTask.FromResult(next.Length);
        }
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(text));
        return path;
    }

    private static IEnumerable<string> Rows(JsonElement part)
    {
        string[] names = ["path", "type", "charset", "encoding", "disposition", "fileName", "octets", "sha256"];
        var row = string.Join(' ', names.Select(name => part.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : "-"));
        return part.GetProperty("children").EnumerateArray().SelectMany(Rows).Prepend(row);
    }

    private static string Hash(string octets) => Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes(octets)));

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static string Compact(JsonElement element, string name) => element.GetProperty(name).GetRawText()
        .Replace("\u00fc", "\\u00fc", StringComparison.Ordinal).Replace("\u00df", "\\u00df", StringComparison.Ordinal);
}
