// Writes values into Authentication-Results so that they cannot leave their place.
using System.Buffers;
using System.Text;

namespace MailFunctions.Authentication;

/// <summary>Values of RFC 8601 2.2: a token, an address, or a quoted string.</summary>
internal static class ResultValue
{
    /// <summary>The most characters of a value: a line may be 998 octets long (RFC 5322 2.1.1), and each may be written as two.</summary>
    private const int MaxLength = 450;

    // RFC 2045 5.1, and the @ of an address.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("!#$%&'*+-.0123456789@ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>A value, in quotes if it needs them.</summary>
    public static string Write(string value) => value.Length is > 0 and <= MaxLength && !value.AsSpan().ContainsAnyExcept(Plain) ? value : Quote(value);

    /// <summary>A value in quotes. What is not printable ASCII becomes a question mark.</summary>
    public static string Quote(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value.AsSpan(0, Math.Min(value.Length, MaxLength)))
        {
            if (c is '"' or '\\')
                text.Append('\\');
            text.Append(c is >= ' ' and <= '~' ? c : '?');
        }
        return text.Append('"').ToString();
    }
}
