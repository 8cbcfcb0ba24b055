// Text as it stands in a zone file.
namespace MailFunctions.Mailctl.Dkim;

/// <summary>The text of a TXT record in strings of at most 255 octets each (RFC 1035 3.3.14, 5.1).</summary>
internal static class ZoneFile
{
    private const int MaxString = 255;

    /// <summary>The strings in quotes, in parentheses where there are several; the text is ASCII.</summary>
    public static string Quote(string text)
    {
        var strings = text.Chunk(MaxString)
            .Select(piece => $"\"{new string(piece).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"").ToList();
        return strings.Count == 1 ? strings[0] : $"( {string.Join(' ', strings)} )";
    }
}
