// Whether a program sent a message, so that no program answers it.
using MailFunctions.Mime.Fields;

namespace MailFunctions.Mime.Summaries;

/// <summary>What a message's header says of where it comes from, as far as it keeps replies from going in circles (RFC 3834).</summary>
/// <param name="AutoSubmitted">The keyword of Auto-Submitted in lower case (RFC 3834 5), or null.</param>
/// <param name="Precedence">The value of Precedence in lower case, or null.</param>
/// <param name="ListId">What stands between the angle brackets of List-Id (RFC 2919), or null.</param>
/// <param name="IsReport">True for a report, such as a delivery status notification (RFC 6522).</param>
public sealed record Automation(string? AutoSubmitted, string? Precedence, string? ListId, bool IsReport)
{
    private const int LongestListId = 255; // RFC 2919 2

    /// <summary>True if the message came of a list, or of many alike.</summary>
    public bool IsBulk => ListId is not null || Precedence is "bulk" or "list" or "junk";

    /// <summary>
    /// True if no program may answer: it was not sent by a person to a person (RFC 3834 2). The envelope has its own say; a null reverse-path is
    /// never answered either.
    /// </summary>
    public bool ForbidsReply => AutoSubmitted is not (null or "no") || IsBulk || IsReport;

    /// <summary>Reads a message's header.</summary>
    public static Automation Of(HeaderBlock header, ContentType type) => new(
        Keyword(header.Find("auto-submitted"u8)),
        Keyword(header.Find("precedence"u8)),
        ReadListId(header),
        type is { Type: "multipart", Subtype: "report" });

    // Up to a parameter, a comment or a space.
    private static string? Keyword(HeaderField? field)
    {
        if (field is not { } found)
            return null;
        var value = found.Value.AsSpan();
        if (value.StartsWith("("))
            value = new FieldScanner(found.Value).ReadType();
        var end = value.IndexOfAny("; \t(");
        return AsciiCase.Lower(end < 0 ? value : value[..end]);
    }

    private static string? ReadListId(HeaderBlock header)
    {
        foreach (var field in header.Fields)
        {
            // Lists without an id of the standard still give an address to leave or to write to (RFC 2369).
            if (field.IsNamed("list-id"u8))
            {
                var value = field.Value;
                var start = value.LastIndexOf('<');
                var end = start < 0 ? -1 : value.IndexOf('>', start);
                var id = end < 0 ? value : value[(start + 1)..end];
                return HeaderText.WithoutControls(id.Length > LongestListId ? id[..LongestListId] : id);
            }
        }
        return header.Find("list-unsubscribe"u8) is not null || header.Find("list-post"u8) is not null ? "" : null;
    }
}
