// MimeKit's data: where the parts of a mailbox's messages are, to the octet, and a picture in two encodings.
using System.Buffers;
using System.Globalization;
using System.Text.Json;
using MailFunctions.Mime.Decoding;
using MailFunctions.Mime.Parts;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Mime;

public sealed class MimeKitMessages
{
    private const string Set = "mime-mimekit";

    [Theory]
    [InlineData("unix")]
    [InlineData("dos")]
    public void Parts_are_where_MimeKit_has_them(string kind)
    {
        var folder = Path.Combine(Testdata.Require(Set), "mbox");
        var mailbox = File.ReadAllBytes(Path.Combine(folder, "content-length.mbox.txt")).Where(octet => octet != '\r').ToArray();
        if (kind == "dos")
            mailbox = [.. mailbox.SelectMany(octet => octet == '\n' ? "\r\n"u8.ToArray() : [octet])];
        using var offsets = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, $"content-length.{kind}-offsets.json")));
        var different = new List<string>();
        var details = new List<string>();
        var number = 0;
        foreach (var expected in offsets.RootElement.EnumerateArray())
        {
            number++;
            var (begin, end) = (Number(expected, "beginOffset"), Number(expected, "endOffset"));
            var (message, _) = Bodies.Read(mailbox[begin..end]);
            var theirs = string.Join('\n', Rows(expected.GetProperty("body")));
            var ours = string.Join('\n', Rows(message.Root, begin));
            if (theirs.Equals(ours, StringComparison.OrdinalIgnoreCase)) // types as they are spelled there
                continue;
            different.Add($"{kind} {number}");
            details.Add($"{kind} {number}:\n{theirs}\n---\n{ours}");
        }
        Assert.True(number > 5);
        LeftOut.Covers($"{Set}/{kind}", different, details);
    }

    [Theory]
    [InlineData("photo.b64", TransferEncoding.Base64)]
    [InlineData("photo.uu", TransferEncoding.Uuencode)]
    [InlineData("photo.uu-states", TransferEncoding.Uuencode)]
    public void A_picture_comes_out_as_it_was_however_it_is_cut(string file, TransferEncoding encoding)
    {
        var folder = Path.Combine(Testdata.Require(Set), "encoders");
        var encoded = File.ReadAllBytes(Path.Combine(folder, file));
        var picture = File.ReadAllBytes(Path.Combine(folder, "photo.jpg"));
        foreach (var piece in new[] { 1, 2, 3, 61, 4096, encoded.Length })
        {
            var decoder = TransferDecoder.For(encoding);
            var output = new ArrayBufferWriter<byte>();
            foreach (var octets in encoded.Chunk(piece))
                decoder.Pass(octets, output);
            decoder.End(output);
            Assert.True(output.WrittenSpan.SequenceEqual(picture), $"in pieces of {piece}");
        }
    }

    private static IEnumerable<string> Rows(MimePart part, int from)
    {
        var row = string.Create(CultureInfo.InvariantCulture, $"{part.ContentType.MediaType} {from + part.Offset} {from + part.BodyOffset} {from + part.End}");
        return part.Children.SelectMany(child => Rows(child, from)).Prepend(row);
    }

    private static IEnumerable<string> Rows(JsonElement part)
    {
        var row = string.Create(
            CultureInfo.InvariantCulture,
            $"{part.GetProperty("mimeType").GetString()} {Number(part, "beginOffset")} {Number(part, "headersEndOffset")} {Number(part, "endOffset")}");
        IEnumerable<JsonElement> children = part.TryGetProperty("children", out var all) ? all.EnumerateArray()
            : part.TryGetProperty("message", out var message) ? [message.GetProperty("body")] : [];
        return children.SelectMany(Rows).Prepend(row);
    }

    private static int Number(JsonElement part, string name) => part.GetProperty(name).GetInt32();
}
