// Stalwart's messages, each as it is and with CR LF: structure, texts, binary content and names as its parser has them.
using System.Text.Json;
using MailFunctions.Mime.Decoding;
using MailFunctions.Mime.Parts;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Mime;

public sealed class StalwartMessages
{
    private const string Set = "mime-stalwart";

    private readonly List<string> _different = [];
    private readonly List<string> _details = [];
    private int _compared;

    [Fact]
    public void Structure_texts_contents_and_names_are_as_stalwart_has_them()
    {
        var folder = Testdata.Require(Set);
        foreach (var path in Directory.EnumerateFiles(folder, "*.eml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.ChangeExtension(Path.GetRelativePath(folder, path), null).Replace('\\', '/');
            Compare(name, File.ReadAllBytes(path), Path.ChangeExtension(path, ".json"));
            Compare($"{name}.crlf", WithReturns(File.ReadAllBytes(path)), Path.ChangeExtension(path, ".crlf.json"));
        }
        Assert.True(_compared > 200, $"{_compared}");
        LeftOut.Covers(Set, _different, _details);
    }

    private void Compare(string name, byte[] octets, string expectation)
    {
        using var expected = JsonDocument.Parse(File.ReadAllBytes(expectation), new JsonDocumentOptions { MaxDepth = 1_000 });
        var (message, bodies) = Bodies.Read(octets);
        var (theirs, ours) = (Shape(expected.RootElement, 0), Shape(message.Root));
        if (theirs != ours)
        {
            Differ(name, $"{theirs}\n  {ours}");
            return;
        }
        var parts = message.Parts.Where(part => part.IsLeaf).ToList();
        var leaves = Leaves(expected.RootElement, 0).ToList();
        for (var i = 0; i < parts.Count; i++)
            Compare(name, parts[i], bodies, leaves[i]);
    }

    private void Compare(string name, MimePart part, Bodies bodies, JsonElement leaf)
    {
        _compared++;
        var body = leaf.GetProperty("body").EnumerateObject().Single();
        if (body.Value.ValueKind == JsonValueKind.String)
        {
            // The expectations for messages with CR LF were made of messages without CR.
            var text = bodies.TextOf(part);
            if (body.Value.GetString()!.Replace("\r\n", "\n", StringComparison.Ordinal) != text.Replace("\r\n", "\n", StringComparison.Ordinal))
                Differ($"{name} {part.Path}", $"{body.Value.GetRawText()}\n  {text}");
        }
        else if (!IsSame(part, [.. body.Value.EnumerateArray().Select(octet => octet.GetByte())], bodies[part]))
        {
            Differ($"{name} {part.Path}", $"{body.Value.GetArrayLength()} octets, {bodies[part].Length}");
        }
        var fileName = Parameter(leaf, "content_disposition", "filename") ?? Parameter(leaf, "content_type", "name");
        if (fileName != part.FileName)
            Differ($"{name} {part.Path} name", $"{fileName}\n  {part.FileName}");
    }

    private static bool IsSame(MimePart part, byte[] theirs, byte[] ours) => theirs.AsSpan().SequenceEqual(ours)
        || (part.Encoding != TransferEncoding.Base64 && WithReturns(theirs).AsSpan().SequenceEqual(WithReturns(ours)));

    private void Differ(string name, string what)
    {
        _different.Add(name);
        _details.Add($"{name}: {what}");
    }

    private static string Shape(MimePart part) => part.IsLeaf
        ? part.ContentType.MediaType
        : $"{part.ContentType.MediaType}({string.Join(' ', part.Children.Select(Shape))})";

    private static string Shape(JsonElement message, int index)
    {
        var part = message.GetProperty("parts")[index];
        var body = part.GetProperty("body").EnumerateObject().Single();
        return body.Name switch
        {
            "Multipart" => $"{TypeOf(part)}({string.Join(' ', body.Value.EnumerateArray().Select(child => Shape(message, child.GetInt32())))})",
            "Message" => $"{TypeOf(part)}({Shape(body.Value, 0)})",
            _ => TypeOf(part),
        };
    }

    private static IEnumerable<JsonElement> Leaves(JsonElement message, int index)
    {
        var part = message.GetProperty("parts")[index];
        var body = part.GetProperty("body").EnumerateObject().Single();
        return body.Name switch
        {
            "Multipart" => body.Value.EnumerateArray().SelectMany(child => Leaves(message, child.GetInt32())),
            "Message" => Leaves(body.Value, 0),
            _ => [part],
        };
    }

    // A part that says nothing is told by what became of it.
    private static string TypeOf(JsonElement part) => Field(part, "content_type") is { } type && type.TryGetProperty("ContentType", out var said)
        && said.GetProperty("c_subtype").GetString() is { } subtype
        ? $"{said.GetProperty("c_type").GetString()}/{subtype}".ToLowerInvariant()
        : part.GetProperty("body").EnumerateObject().Single().Name == "Message" ? "message/rfc822" : "text/plain";

    private static string? Parameter(JsonElement part, string field, string name) =>
        Field(part, field) is { } found && found.TryGetProperty("ContentType", out var said)
        && said.GetProperty("attributes") is { ValueKind: JsonValueKind.Array } all
        && all.EnumerateArray().FirstOrDefault(one => one.GetProperty("name").GetString() == name) is { ValueKind: JsonValueKind.Object } parameter
        ? parameter.GetProperty("value").GetString()
        : null;

    private static JsonElement? Field(JsonElement part, string name)
    {
        foreach (var field in part.GetProperty("headers").EnumerateArray())
        {
            if (field.GetProperty("name").ValueKind == JsonValueKind.String && field.GetProperty("name").GetString() == name)
                return field.GetProperty("value") is { ValueKind: JsonValueKind.Object } value ? value : null;
        }
        return null;
    }

    private static byte[] WithReturns(byte[] octets) =>
        [.. octets.SelectMany((octet, at) => octet == '\n' && (at == 0 || octets[at - 1] != '\r') ? "\r\n"u8.ToArray() : [octet])];
}
