// Python's email package reads the test messages of eight projects: addresses, structure, names and the decoded content of each part as it has them.
using System.Globalization;
using System.Text.Json;
using MailFunctions.Mailctl.Inspect;
using MailFunctions.Rig;
using MailFunctions.Unit.Mime;

namespace MailFunctions.EndToEnd;

public sealed class MessagesReadByPython
{
    private const string Set = "python";

    // A report's status and the like are messages to Python, and one thing to us.
    private const string Script = """
        import email, email.header, email.utils, hashlib, json, sys

        def decoded(name):
            try: return ''.join(text if isinstance(text, str) else text.decode(charset or 'latin-1') for text, charset in email.header.decode_header(name))
            except Exception: return name

        def view(part):
            kind = part.get_content_type()
            opened = part.is_multipart() and (kind.startswith('multipart/') or kind in ('message/rfc822', 'message/global', 'message/news'))
            content = None if part.is_multipart() else part.get_payload(decode=True)
            return {
                'type': kind, 'name': part.get_filename() and decoded(part.get_filename()),
                'sha256': [] if content is None else [hashlib.sha256(content + end).hexdigest() for end in (b'', b'\n', b'\r\n')],
                'children': [view(child) for child in part.get_payload()] if opened else [],
            }

        def addresses(message, name):
            value = next((value for known, value in message.raw_items() if known.lower() == name), '')
            octets = value.replace('\n', '').replace('\r', '').encode('utf-8', 'surrogateescape')
            try: value = octets.decode('utf-8')
            except UnicodeDecodeError: value = octets.decode('latin-1')
            return [[decoded(name), address] for name, address in email.utils.getaddresses([value]) if name or address]

        for path in sys.stdin.read().split('\n'):
            if not path: continue
            message = email.message_from_bytes(open(path, 'rb').read())
            print(json.dumps({**view(message), 'from': addresses(message, 'from'), 'to': addresses(message, 'to')}))
        """;

    private static readonly string[] Sets =
        ["mime-cpython", "mime-flanker", "mime-mime4j", "mime-mimekit", "mime-misc", "mime-rubymail", "mime-stalwart", "dsn-sisimai"];

    private readonly List<string> _different = [];
    private readonly List<string> _details = [];

    [Fact]
    public async Task Addresses_structure_names_and_contents_are_as_Python_has_them()
    {
        var paths = Sets.SelectMany(set => Files(Testdata.Require(set))).ToList();
        var result = await Tool.SucceedAsync("python3", ["-c", Script], string.Join('\n', paths));
        var views = result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(paths.Count, views.Length);
        Assert.True(paths.Count > 300, $"{paths.Count}");
        for (var i = 0; i < paths.Count; i++)
        {
            using var theirs = JsonDocument.Parse(views[i], new JsonDocumentOptions { MaxDepth = 1_000 });
            await using var file = File.OpenRead(paths[i]);
            var ours = await Inspection.ReadAsync(MessageSource.Of(paths[i]), file.ReadAsync, CancellationToken.None);
            var name = Path.GetRelativePath(Path.GetFullPath(Path.Combine(Testdata.Require(Sets[0]), "..")), paths[i]).Replace('\\', '/');
            Compare(name, theirs.RootElement, ours);
        }
        LeftOut.Covers(Set, _different, _details);
    }

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(path => Path.GetExtension(path) is ".eml" or ".msg" || Path.GetFileName(path).StartsWith("msg_", StringComparison.Ordinal)
            || (Path.GetExtension(path) == ".txt" && Path.GetFileName(Path.GetDirectoryName(path)) == "messages"))
        .Order(StringComparer.Ordinal);

    private void Compare(string name, JsonElement theirs, InspectedMessage message)
    {
        CompareAddresses($"{name} from", theirs.GetProperty("from"), message.From);
        CompareAddresses($"{name} to", theirs.GetProperty("to"), message.To);
        var ours = message.Parts[0];
        if (Shape(theirs) != Shape(ours))
        {
            Differ(name, $"{Shape(theirs)}\n  {Shape(ours)}");
            return;
        }
        // Python leaves the last line end out where a multipart is not closed, and has what is in a multipart without parts as its content.
        var hashes = message.Defects.Contains("unclosedMultipart") ? 3 : 1;
        foreach (var (one, other) in Leaves(theirs).Zip(Leaves(ours)))
        {
            var isEmpty = other.Sha256 is null && message.Defects.Contains("emptyMultipart");
            var known = one.GetProperty("sha256").EnumerateArray().Select(hash => hash.GetString()).Take(hashes).ToList();
            if (!isEmpty && known.Count > 0 && !known.Contains(other.Sha256))
                Differ($"{name} {other.Path}", string.Create(CultureInfo.InvariantCulture, $"{other.Octets} octets"));
            if (one.GetProperty("name").GetString() is var fileName && fileName != other.FileName)
                Differ($"{name} {other.Path} name", $"{fileName}\n  {other.FileName}");
        }
    }

    private void CompareAddresses(string name, JsonElement theirs, IReadOnlyList<MailboxNameView> ours)
    {
        var one = string.Join(", ", theirs.EnumerateArray().Select(pair => $"{pair[0].GetString()} <{pair[1].GetString()}>"));
        var others = ours.Where(mailbox => mailbox.Name is not null || mailbox.Address.Length > 0);
        var other = string.Join(", ", others.Select(mailbox => $"{mailbox.Name} <{mailbox.Address}>"));
        if (one != other)
            Differ(name, $"{one}\n  {other}");
    }

    private void Differ(string name, string what)
    {
        _different.Add(name);
        _details.Add($"{name}: {what}");
    }

    private static string Shape(JsonElement part) =>
        Shape(part.GetProperty("type").GetString()!, part.GetProperty("children").EnumerateArray().Select(Shape));

    private static string Shape(PartView part) => Shape(part.Type, part.Children.Select(Shape));

    private static string Shape(string type, IEnumerable<string> children) => string.Join(' ', children) is { Length: > 0 } all ? $"{type}({all})" : type;

    private static IEnumerable<JsonElement> Leaves(JsonElement part) =>
        part.GetProperty("children").GetArrayLength() == 0 ? [part] : part.GetProperty("children").EnumerateArray().SelectMany(Leaves);

    private static IEnumerable<PartView> Leaves(PartView part) => part.Children.Count == 0 ? [part] : part.Children.SelectMany(Leaves);
}
