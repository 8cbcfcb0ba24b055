// The escape that makes a safe piece of a blob name out of any text, and gives the text back.
using System.Buffers;
using System.Text;

namespace MailFunctions.Storage;

/// <summary>
/// A reversible escape: <c>a-z</c>, <c>0-9</c> and <c>-</c> stay, every other octet of the text's UTF-8 becomes <c>_</c> and two lower-case
/// hexadecimal digits. What it makes holds no slash, no dot, no upper case and nothing that a URL or a file system would change, and each text has
/// exactly one escaped form.
/// </summary>
internal static class NameEscape
{
    private static readonly SearchValues<byte> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-"u8);
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Escapes a text.</summary>
    /// <exception cref="ArgumentException">The text is empty, which would make an empty path segment, or is no valid UTF-16.</exception>
    public static string Encode(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var octet in StrictUtf8.GetBytes(text))
        {
            if (Plain.Contains(octet))
                escaped.Append((char)octet);
            else
                escaped.Append('_').Append(Convert.ToHexStringLower([octet]));
        }
        return escaped.ToString();
    }

    /// <summary>Gives the text back.</summary>
    /// <returns>False for anything that <see cref="Encode"/> never makes.</returns>
    public static bool TryDecode(ReadOnlySpan<char> escaped, out string text)
    {
        text = "";
        var octets = new byte[escaped.Length];
        var length = 0;
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] == '_')
            {
                if (!TryReadOctet(escaped[(i + 1)..], out octets[length]))
                    return false;
                i += 2;
            }
            else
            {
                if (escaped[i] > 0x7f || !Plain.Contains((byte)escaped[i]))
                    return false;
                octets[length] = (byte)escaped[i];
            }
            length++;
        }
        try
        {
            text = StrictUtf8.GetString(octets, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
        return text.Length > 0;
    }

    private static bool TryReadOctet(ReadOnlySpan<char> digits, out byte octet)
    {
        octet = 0;
        if (digits.Length < 2 || !char.IsAsciiHexDigitLower(digits[0]) || !char.IsAsciiHexDigitLower(digits[1]))
            return false;
        octet = (byte)(Convert.ToByte(new string(digits[..2]), 16));
        return !Plain.Contains(octet); // an escaped plain octet would be a second name for the same text
    }
}
