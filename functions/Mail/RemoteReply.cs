// What another mail server said, made harmless and small enough to be stored, logged and quoted in a report.
using System.Buffers;
using System.Globalization;
using System.Text;

namespace MailFunctions.Mail;

/// <summary>
/// A reply of another server (RFC 5321 4.2). Its text is written by a stranger and ends up in ledgers, logs and reports: at most
/// <see cref="MaxLines"/> lines of at most <see cref="MaxLineLength"/> octets are kept, without control characters, line separators and characters
/// that change how the others are shown.
/// </summary>
public sealed class RemoteReply
{
    /// <summary>The most lines that are kept.</summary>
    public const int MaxLines = 10;

    /// <summary>The most octets of UTF-8 that are kept of a line.</summary>
    public const int MaxLineLength = 512;

    /// <summary>Makes a reply; the lines, without their codes, are cleaned and cut here.</summary>
    public RemoteReply(int code, IEnumerable<string> lines)
    {
        Code = code;
        Lines = [.. lines.Take(MaxLines).Select(Clean)];
        Status = ReadStatus();
    }

    /// <summary>The three-digit code.</summary>
    public int Code { get; }

    /// <summary>
    /// The enhanced status that the text begins with, or null if there is none or one of another class than the code: then the code is believed.
    /// </summary>
    public DeliveryStatus? Status { get; }

    /// <summary>The text, an enhanced status included, a line each.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>True for 2xx.</summary>
    public bool IsSuccess => Code is >= 200 and < 300;

    /// <summary>True for 4xx: the same may succeed later.</summary>
    public bool IsTransient => Code is >= 400 and < 500;

    /// <summary>True for 5xx.</summary>
    public bool IsPermanent => Code is >= 500 and < 600;

    /// <summary>The reply on one line: <c>550 5.1.1 No such user / See our pages</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Code} {string.Join(" / ", Lines)}").TrimEnd();

    private DeliveryStatus? ReadStatus()
    {
        if (Lines.Count == 0)
            return null;
        var text = Lines[0].AsSpan();
        var space = text.IndexOf(' ');
        return DeliveryStatus.TryParse(space < 0 ? text : text[..space], out var status) && status.Class == Code / 100 ? status : null;
    }

    private static string Clean(string line)
    {
        var clean = new StringBuilder(Math.Min(line.Length, MaxLineLength));
        var octets = 0;
        for (var rest = line.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != OperationStatus.Done)
                rune = new Rune('?');
            rest = rest[length..];
            if (!IsHarmless(rune))
                continue;
            octets += rune.Utf8SequenceLength;
            if (octets > MaxLineLength)
                break;
            clean.Append(rune);
        }
        return clean.ToString();
    }

    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
