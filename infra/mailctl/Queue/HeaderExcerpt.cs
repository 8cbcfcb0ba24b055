// The few header fields by which a person recognises a message.
using System.Text;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Mailctl.Queue;

/// <summary>
/// The first field of each name, unfolded, as it stands in the message but without control characters: a header is a stranger's text, and a terminal
/// obeys some of them. Null where there is no such field.
/// </summary>
internal sealed record HeaderExcerpt(string? From, string? To, string? Subject, string? Date, string? MessageId)
{
    private const int MaxHeaderLength = 256 * 1024;
    private const int MaxValueLength = 1000;

    /// <summary>Reads no further than the end of the header.</summary>
    /// <exception cref="StoreUnavailableException">The message broke off.</exception>
    public static async Task<HeaderExcerpt> ReadAsync(ISpoolReader message, CancellationToken cancellationToken)
    {
        var header = new byte[MaxHeaderLength];
        var length = 0;
        try
        {
            while (length < header.Length && EndOf(header.AsSpan(0, length)) < 0
                && await message.ReadAsync(header.AsMemory(length), cancellationToken) is > 0 and var count)
            {
                length += count;
            }
        }
        catch (SpoolDamagedException)
        {
            // Told by the whole message only; what has come of the header may still help to recognise it.
        }
        var end = EndOf(header.AsSpan(0, length));
        return Parse(Encoding.UTF8.GetString(header, 0, end < 0 ? length : end));
    }

    /// <summary>Reads the fields of a header.</summary>
    public static HeaderExcerpt Parse(string header)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var unfolded = header.Replace("\r\n ", " ", StringComparison.Ordinal).Replace("\r\n\t", " ", StringComparison.Ordinal);
        foreach (var line in unfolded.Split("\r\n"))
        {
            if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
                fields.TryAdd(line[..colon].TrimEnd(), Printable(line[(colon + 1)..].Trim())); // RFC 5322 4.5 allows spaces before the colon
        }
        return new HeaderExcerpt(
            fields.GetValueOrDefault("From"), fields.GetValueOrDefault("To"), fields.GetValueOrDefault("Subject"), fields.GetValueOrDefault("Date"),
            fields.GetValueOrDefault("Message-ID"));
    }

    /// <summary>A stranger's text as it can be shown on a terminal.</summary>
    public static string Printable(string text)
    {
        var shown = text.Length <= MaxValueLength ? text : text[..MaxValueLength] + "...";
        return string.Create(shown.Length, shown, static (span, source) =>
        {
            for (var i = 0; i < source.Length; i++)
                span[i] = char.IsControl(source[i]) || char.GetUnicodeCategory(source[i]) == System.Globalization.UnicodeCategory.Format ? '?' : source[i];
        });
    }

    // Where the empty line begins, or -1; a message that begins with it has no header.
    private static int EndOf(ReadOnlySpan<byte> octets) => octets.StartsWith("\r\n"u8) ? 0 : octets.IndexOf("\r\n\r\n"u8);
}
