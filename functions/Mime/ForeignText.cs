// Brings text that others wrote into lines of ours without letting it out of them.
using System.Text;

namespace MailFunctions.Mime;

/// <summary>
/// Text from remote servers and senders on its way into a report. Nothing but printable ASCII comes through, and every line it is put on begins with
/// something of ours, so that it can end no field, start no part and forge no line.
/// </summary>
internal static class ForeignText
{
    /// <summary>Where lines are folded if they can be (RFC 5322 2.1.1).</summary>
    private const int Width = 78;

    /// <summary>Where a line without any space is broken; far enough below 998 for whatever stands before it.</summary>
    private const int MaxWordLength = 900;

    private const int MaxLength = 4096;

    /// <summary>
    /// The text with each tab as a space and anything else but printable ASCII as a question mark, without spaces around it, and bounded. The start
    /// of an encoded word (RFC 2047) becomes question marks too: it has no meaning in these fields, and yet there are programs that decode it, line
    /// breaks and all.
    /// </summary>
    public static string Clean(string text)
    {
        var length = Math.Min(text.Length, MaxLength);
        return string.Create(length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = source[i] is >= ' ' and <= '~' ? source[i] : source[i] == '\t' ? ' ' : '?';
            for (var i = span.Length - 1; i > 0; i--) // backwards, so that what becomes a question mark is looked at again
            {
                if (span[i] == '?' && span[i - 1] == '=')
                    span[i - 1] = '?';
            }
        }).Trim(' ');
    }

    /// <summary>
    /// Appends words up to the width of a line, each further line behind a line break and <paramref name="indent"/>, which begins with a space.
    /// </summary>
    /// <param name="output">Ends with the start of the line to go on with.</param>
    /// <param name="column">How long that start is.</param>
    /// <param name="text">The text, cleaned or our own.</param>
    /// <param name="indent">What further lines begin with.</param>
    public static void AppendFolded(StringBuilder output, int column, string text, string indent)
    {
        var isFirst = true;
        foreach (var range in text.AsSpan().Split(' '))
        {
            var word = text.AsSpan()[range];
            while (!word.IsEmpty)
            {
                var piece = word[..Math.Min(word.Length, MaxWordLength)];
                word = word[piece.Length..];
                if (!isFirst && column + 1 + piece.Length > Width)
                {
                    output.Append("\r\n").Append(indent);
                    column = indent.Length;
                }
                else if (!isFirst)
                {
                    output.Append(' ');
                    column++;
                }
                output.Append(piece);
                column += piece.Length;
                isFirst = false;
            }
        }
    }
}
