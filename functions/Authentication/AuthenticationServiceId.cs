// Reads who an Authentication-Results field says it is from.
using System.Buffers;
using System.Text;

namespace MailFunctions.Authentication;

/// <summary>The authserv-id at the beginning of the field's value (RFC 8601 2.2).</summary>
internal static class AuthenticationServiceId
{
    private static readonly SearchValues<byte> WordEnds = SearchValues.Create("; \t\r\n("u8);

    /// <summary>Reads the first word behind space and comments, quoted or not.</summary>
    /// <param name="value">What stands behind the field's colon, or its beginning.</param>
    /// <param name="id">The word.</param>
    /// <returns>False if there is none, or its end is not there.</returns>
    public static bool TryRead(ReadOnlySpan<byte> value, out string id)
    {
        id = "";
        if (!TrySkip(value, out var start) || start == value.Length)
            return false;
        value = value[start..];
        if (value[0] == '"')
            return TryReadQuoted(value[1..], out id);
        var length = value.IndexOfAny(WordEnds);
        // Without an end it is the whole of a field that was not cut, and of one that was it is longer than any name.
        id = Encoding.Latin1.GetString(length < 0 ? value : value[..length]);
        return id.Length > 0;
    }

    private static bool TryReadQuoted(ReadOnlySpan<byte> value, out string id)
    {
        var text = new StringBuilder();
        for (var i = 0; i < value.Length && value[i] != '"'; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length)
                i++;
            if (value[i] is not ((byte)'\r' or (byte)'\n'))
                text.Append((char)value[i]);
        }
        id = text.ToString();
        return id.Length > 0;
    }

    // Space and comments, which may stand within one another (RFC 5322 3.2.2).
    private static bool TrySkip(ReadOnlySpan<byte> value, out int position)
    {
        var depth = 0;
        for (position = 0; position < value.Length; position++)
        {
            var octet = value[position];
            if (octet == '(')
                depth++;
            else if (octet == ')' && depth > 0)
                depth--;
            else if (octet == '\\' && depth > 0)
                position++;
            else if (depth == 0 && octet is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
                return true;
        }
        position = value.Length;
        return depth == 0;
    }
}
