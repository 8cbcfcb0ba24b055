// A summary in the form in which it is kept beside a copy in a mailbox.
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailFunctions.Mime.Summaries;

/// <summary>What the list of a mailbox shows of a message, small enough to be kept with each copy: at most <see cref="MaxOctets"/> as text.</summary>
/// <param name="From">Who wrote it: names and addresses.</param>
/// <param name="To">Whom it is for, at most five.</param>
/// <param name="Subject">What it is about, or null.</param>
/// <param name="Date">When it says it was written, or null.</param>
/// <param name="MessageId">Its id with angle brackets, or null.</param>
/// <param name="Preview">The beginning of its text.</param>
/// <param name="Attachments">What is in it besides its text, at most ten.</param>
/// <param name="AttachmentCount">How much is in it besides its text.</param>
/// <param name="IsAutomatic">True if no program may answer it.</param>
/// <param name="Defects">What is wrong with it: names of <see cref="Mime.Defects"/>.</param>
public sealed record CopySummary(
    IReadOnlyList<CopyMailbox> From, IReadOnlyList<CopyMailbox> To, string? Subject, DateTimeOffset? Date, string? MessageId, string Preview,
    IReadOnlyList<CopyAttachment> Attachments, int AttachmentCount, bool IsAutomatic, IReadOnlyList<string> Defects)
{
    /// <summary>The most octets that <see cref="ToText"/> has in UTF-8.</summary>
    public const int MaxOctets = 5_000;

    private const int MostAuthors = 3;
    private const int MostRecipients = 5;
    private const int MostAttachments = 10;
    private const int MostCharacters = 200; // of any text in it

    /// <summary>The form of a summary.</summary>
    public static CopySummary Of(MessageSummary summary) => new(
        [.. summary.From.Take(MostAuthors).Select(Mailbox)], [.. summary.To.Take(MostRecipients).Select(Mailbox)],
        Short(summary.Subject), summary.Date, Short(summary.MessageId), summary.Preview,
        [.. summary.Attachments.Take(MostAttachments).Select(one => new CopyAttachment(Short(one.Name), Short(one.MediaType)!, one.Octets))],
        summary.Attachments.Count, summary.Automation.ForbidsReply,
        summary.Defects == Mime.Defects.None ? [] : summary.Defects.ToString().Split(", "));

    /// <summary>The summary as JSON on one line. What makes it too large is left out: the preview first, then attachments and recipients.</summary>
    public string ToText()
    {
        foreach (var smaller in (CopySummary[])[this, this with { Preview = "" }, this with { Preview = "", Attachments = [], To = [.. To.Take(1)] }])
        {
            var text = JsonSerializer.Serialize(smaller, CopySummaryJson.Readable.CopySummary);
            if (Encoding.UTF8.GetByteCount(text) <= MaxOctets)
                return text;
        }
        return JsonSerializer.Serialize(
            this with { Preview = "", Attachments = [], To = [], From = [.. From.Take(1)], MessageId = null }, CopySummaryJson.Readable.CopySummary);
    }

    /// <summary>Reads what <see cref="ToText"/> made.</summary>
    /// <returns>Null for anything else.</returns>
    public static CopySummary? Read(string? text)
    {
        try
        {
            return text is not null && JsonSerializer.Deserialize(text, CopySummaryJson.Readable.CopySummary)
                is { From: not null, To: not null, Preview: not null, Attachments: not null } read ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static CopyMailbox Mailbox(Fields.Address.Mailbox mailbox) => new(Short(mailbox.Name), Short(mailbox.AddrSpec)!);

    private static string? Short(string? text) =>
        text is null || text.Length <= MostCharacters ? text : text[..(char.IsHighSurrogate(text[MostCharacters - 1]) ? MostCharacters - 1 : MostCharacters)];
}

/// <summary>A name, if there is one, and an address.</summary>
public sealed record CopyMailbox(string? Name, string Address);

/// <summary>Something in a message besides its text.</summary>
/// <param name="Name">Its name as a file, or null; it may hold slashes.</param>
/// <param name="Type">Its type, as <c>image/png</c>.</param>
/// <param name="Octets">Its length, decoded.</param>
public sealed record CopyAttachment(string? Name, string Type, long Octets);

[JsonSerializable(typeof(CopySummary))]
internal sealed partial class CopySummaryJson : JsonSerializerContext
{
    /// <summary>Letters stand as they are: the room is short, and no browser reads this.</summary>
    public static CopySummaryJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
