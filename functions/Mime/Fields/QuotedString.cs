// Strings in quotes.
using System.Text;

namespace MailFunctions.Mime.Fields;

/// <summary>RFC 5322 3.2.4.</summary>
internal static class QuotedString
{
    /// <summary>Appends a text in quotes, with a backslash before what would end it.</summary>
    public static void Append(StringBuilder output, ReadOnlySpan<char> text)
    {
        output.Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\')
                output.Append('\\');
            output.Append(c);
        }
        output.Append('"');
    }
}
