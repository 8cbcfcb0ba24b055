// Writes parameters.
using System.Globalization;
using System.Text;

namespace MailFunctions.Mime.Fields;

/// <summary>Prints parameters so that every reader of RFC 2231 gets them back.</summary>
public static class ParameterPrinting
{
    private const int LongestPlain = 60;
    private const int LongestPiece = 60;

    /// <summary>Each parameter on a line of its own: <c>;\r\n name=value</c>, quoted, or in pieces in UTF-8.</summary>
    /// <param name="parameters">Names of letters, digits and hyphens; values without control characters and lone surrogates.</param>
    public static string Print(this ParameterList parameters)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in parameters.All)
        {
            if (value.Length <= LongestPlain && !value.AsSpan().ContainsAnyExceptInRange(' ', '~') && !value.Contains("=?", StringComparison.Ordinal))
                AppendPlain(text, name, value);
            else
                AppendExtended(text, name, value);
        }
        return text.ToString();
    }

    private static void AppendPlain(StringBuilder text, string name, string value)
    {
        text.Append(CultureInfo.InvariantCulture, $";\r\n {name}=");
        if (IsToken(value))
            text.Append(value);
        else
            QuotedString.Append(text, value);
    }

    private static void AppendExtended(StringBuilder text, string name, string value)
    {
        var octets = Encoding.UTF8.GetBytes(value);
        var piece = new StringBuilder("utf-8''");
        var pieces = new List<string>();
        foreach (var octet in octets)
        {
            if (piece.Length >= LongestPiece)
            {
                pieces.Add(piece.ToString());
                piece.Clear();
            }
            if (IsAttributeCharacter((char)octet))
                piece.Append((char)octet);
            else
                piece.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
        }
        pieces.Add(piece.ToString());
        for (var i = 0; i < pieces.Count; i++)
        {
            var section = pieces.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"*{i}");
            text.Append(CultureInfo.InvariantCulture, $";\r\n {name}{section}*={pieces[i]}");
        }
    }

    private static bool IsToken(string value)
    {
        foreach (var c in value)
        {
            if (c is <= ' ' or > '~' || "()<>@,;:\\\"/[]?=".Contains(c)) // RFC 2045 5.1
                return false;
        }
        return value.Length > 0;
    }

    // RFC 2231 7
    private static bool IsAttributeCharacter(char c) => char.IsAsciiLetterOrDigit(c) || "!#$&+-.^_`{|}~".Contains(c);
}
