// A conversation written down: what the client says, what the server must answer.
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace MailFunctions.Protocol.Pop3;

/// <summary>
/// A file of lines. <c>C:</c> the client sends this and CR LF; <c>R:</c> the client sends exactly this, with escapes \r \n \xHH; <c>S:</c> the server
/// sends this and CR LF; <c>login</c> stands for the greeting and a login; <c>M:</c> a message in the mailbox, with escapes, <c>closed</c> that the
/// server closes. # begins a comment.
/// </summary>
internal sealed class Transcript
{
    private const string Login = """
        S: +OK mail.example.test MailFunctions POP3
        C: USER alice@example.test
        S: +OK Send PASS
        C: PASS secret
        S: +OK Logged in
        """;

    /// <summary>Messages in the mailbox.</summary>
    public List<string> Messages { get; } = [];

    /// <summary>What is said, in order: octets, and whether the client says them.</summary>
    public List<(bool ByClient, string Octets)> Turns { get; } = [];

    /// <summary>Everything the server says.</summary>
    public string Answers => string.Concat(Turns.Where(turn => !turn.ByClient).Select(turn => turn.Octets));

    /// <summary>Everything the client says.</summary>
    public string Commands => string.Concat(Turns.Where(turn => turn.ByClient).Select(turn => turn.Octets));

    /// <summary>True if the server closes at the end, without waiting for the client to do so.</summary>
    public bool IsClosedByServer { get; private set; }

    /// <summary>The names of all transcripts.</summary>
    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder(), "*.pop3").Select(path => Path.GetFileNameWithoutExtension(path)).Order();

    /// <summary>Reads a transcript.</summary>
    public static Transcript Read(string name)
    {
        var transcript = new Transcript();
        foreach (var line in File.ReadLines(Path.Combine(Folder(), $"{name}.pop3")).SelectMany(line => line == "login" ? Login.Split('\n') : [line]))
            transcript.Add(line);
        return transcript;
    }

    private void Add(string line)
    {
        if (line.Length == 0 || line[0] == '#')
            return;
        if (line == "closed")
        {
            IsClosedByServer = true;
            return;
        }
        var text = line.Length > 3 ? line[3..] : "";
        switch (line[..2])
        {
            case "C:":
                Turns.Add((true, $"{text}\r\n"));
                break;
            case "R:":
                Turns.Add((true, Unescape(text)));
                break;
            case "S:":
                Turns.Add((false, $"{text}\r\n"));
                break;
            case "M:":
                Messages.Add(Unescape(text));
                break;
            default:
                throw new FormatException(line);
        }
    }

    private static string Unescape(string text)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                result.Append(text[i]);
                continue;
            }
            switch (text[++i])
            {
                case 'r':
                    result.Append('\r');
                    break;
                case 'n':
                    result.Append('\n');
                    break;
                default:
                    result.Append((char)int.Parse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    i += 2;
                    break;
            }
        }
        return result.ToString();
    }

    private static string Folder([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "Transcripts");
}
