// Case of ASCII letters, and of no others.
namespace MailFunctions.Mime;

/// <summary>Folds what protocols compare without case. No other character ever becomes an ASCII letter, whatever the culture.</summary>
internal static class AsciiCase
{
    /// <summary>The text with A to Z in lower case.</summary>
    public static string Lower(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyInRange('A', 'Z'))
            return new string(text);
        return string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | 0x20) : source[i];
        });
    }
}
