// Encoded words: characters other than ASCII in header fields.
using System.Text;

namespace MailFunctions.Mime.Fields;

/// <summary><c>=?charset?encoding?text?=</c> (RFC 2047, with the language of RFC 2231 5), read wherever it stands.</summary>
public static class EncodedWord
{
    private const int WordLength = 75; // RFC 2047 2
    private const int MostOctetsInWord = (WordLength - 12) / 4 * 3; // behind =?utf-8?B? and before ?=

    /// <summary>Decodes the encoded words in a text. One that cannot be read stays as it is.</summary>
    /// <remarks>
    /// Words in the same charset that nothing but space parts are one run of octets, since many programs cut characters in two. Control characters
    /// come out as U+FFFD.
    /// </remarks>
    public static string DecodeAll(string text) =>
        text.Contains("=?", StringComparison.Ordinal) ? new EncodedWordReading(text).DecodeAll() : HeaderText.WithoutControls(text);

    /// <summary>Prints a whole text as encoded words in UTF-8, folded so that no line is longer than 76 octets.</summary>
    internal static string EncodeAll(string text, int column)
    {
        var words = new StringBuilder();
        var piece = new byte[MostOctetsInWord];
        var length = 0;
        var room = Math.Clamp((WordLength - column - 12) / 4 * 3, 4, MostOctetsInWord);
        foreach (var rune in text.EnumerateRunes())
        {
            if (length + rune.Utf8SequenceLength > room)
            {
                AppendWord(words, piece.AsSpan(0, length));
                length = 0;
                room = MostOctetsInWord;
            }
            length += rune.EncodeToUtf8(piece.AsSpan(length));
        }
        if (length > 0)
            AppendWord(words, piece.AsSpan(0, length));
        return words.ToString();
    }

    private static void AppendWord(StringBuilder words, ReadOnlySpan<byte> octets)
    {
        if (words.Length > 0)
            words.Append("\r\n ");
        words.Append("=?utf-8?B?").Append(Convert.ToBase64String(octets)).Append("?=");
    }
}
