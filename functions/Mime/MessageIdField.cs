// Finds a message's id in its header.
using System.Text;

namespace MailFunctions.Mime;

/// <summary>The field <c>Message-ID</c> (RFC 5322 3.6.4), read so strictly that its value may stand in another header as it is.</summary>
internal static class MessageIdField
{
    private const int MaxLength = 512;

    /// <summary>The id with its angle brackets, or null if there is none, or it holds anything but printable ASCII, or is very long.</summary>
    public static string? Find(ReadOnlySpan<byte> header)
    {
        while (!header.IsEmpty)
        {
            var field = header[..LengthOfField(header)];
            header = header[field.Length..];
            var colon = field.IndexOf((byte)':');
            if (colon >= 0 && Ascii.EqualsIgnoreCase(field[..colon].TrimEnd(" \t"u8), "message-id"u8))
                return Read(field[(colon + 1)..].Trim(" \t\r\n"u8));
        }
        return null;
    }

    private static string? Read(ReadOnlySpan<byte> id)
    {
        if (id.Length is < 3 or > MaxLength || id[0] != '<' || id[^1] != '>')
            return null;
        var inner = id[1..^1];
        return inner.ContainsAnyExceptInRange((byte)'!', (byte)'~') || inner.ContainsAny((byte)'<', (byte)'>')
            || inner.IndexOf("=?"u8) >= 0 // an encoded word to a careless reader
            ? null
            : Encoding.ASCII.GetString(id);
    }

    // Up to the line end that no space or tab follows.
    private static int LengthOfField(ReadOnlySpan<byte> header)
    {
        for (var end = 0; end < header.Length; end++)
        {
            if (header[end] == '\n' && (end + 1 == header.Length || header[end + 1] is not ((byte)' ' or (byte)'\t')))
                return end + 1;
        }
        return header.Length;
    }
}
