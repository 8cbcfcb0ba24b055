// The encoding of parameter values that may hold any character.
using System.Globalization;
using System.Text;

namespace MailFunctions.Smtp;

/// <summary>xtext (RFC 3461 4): printable ASCII but + and =, which stand as + and two hexadecimal digits in capitals, as everything else does.</summary>
public static class Xtext
{
    /// <summary>Encodes a text, its characters above ASCII as UTF-8.</summary>
    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            if (octet is > (byte)' ' and <= (byte)'~' and not (byte)'+' and not (byte)'=')
                encoded.Append((char)octet);
            else
                encoded.Append(CultureInfo.InvariantCulture, $"+{octet:X2}");
        }
        return encoded.ToString();
    }

    /// <summary>Decodes a value.</summary>
    /// <returns>
    /// False if it is not xtext, or hides anything but printable ASCII: such values go into reports and onto other servers' command lines, where a line
    /// end would be the sender's own field or command.
    /// </returns>
    public static bool TryDecode(ReadOnlySpan<char> encoded, out string text)
    {
        text = "";
        var decoded = new StringBuilder(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            var c = encoded[i];
            if (c == '+')
            {
                if (i + 2 >= encoded.Length || !IsHex(encoded[i + 1]) || !IsHex(encoded[i + 2]))
                    return false;
                c = (char)byte.Parse(encoded.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                i += 2;
                if (c is < ' ' or > '~')
                    return false;
            }
            else if (c is <= ' ' or > '~' or '=')
            {
                return false;
            }
            decoded.Append(c);
        }
        text = decoded.ToString();
        return true;
    }

    // RFC 3461 4: in capitals
    private static bool IsHex(char c) => c is (>= '0' and <= '9') or (>= 'A' and <= 'F');
}
