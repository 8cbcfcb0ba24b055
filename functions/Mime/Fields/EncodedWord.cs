// Encoded words: characters other than ASCII in header fields.
using System.Text;
using MailFunctions.Mime.Decoding;

namespace MailFunctions.Mime.Fields;

/// <summary><c>=?charset?encoding?text?=</c> (RFC 2047, with the language of RFC 2231 5), read wherever it stands.</summary>
public static class EncodedWord
{
    private const int LongestCharset = 80;
    private const int WordLength = 75; // RFC 2047 2
    private const int MostOctetsInWord = (WordLength - 12) / 4 * 3; // behind =?utf-8?B? and before ?=

    /// <summary>Decodes the encoded words in a text. One that cannot be read stays as it is.</summary>
    /// <remarks>
    /// Words in the same charset that nothing but space parts are one run of octets, since many programs cut characters in two. Control characters
    /// come out as U+FFFD.
    /// </remarks>
    public static string DecodeAll(string text)
    {
        if (!text.Contains("=?", StringComparison.Ordinal))
            return HeaderText.WithoutControls(text);
        var run = new Run(new StringBuilder(text.Length));
        var end = -1; // of the next word's text, once it was looked for
        var plain = 0;
        var at = 0;
        while ((at = IndexOf(text, "=?", at)) >= 0)
        {
            if (!TryRead(text, at, ref end, out var word))
            {
                if (end == text.Length)
                    break; // nothing closes a word from here on
                at += 2;
                continue;
            }
            run.AppendPlain(text.AsSpan(plain, at - plain), beforeWord: true);
            run.AppendWord(word);
            at += word.Length;
            plain = at;
        }
        run.AppendPlain(text.AsSpan(plain), beforeWord: false);
        return HeaderText.WithoutControls(run.Finish());
    }

    /// <summary>The length of the encoded word that begins at an index, or 0 if none does.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where it is looked for.</param>
    /// <param name="end">A mark that the caller keeps between calls over the same text; -1 at first. It keeps the search linear.</param>
    internal static int LengthAt(string text, int at, ref int end) =>
        text.AsSpan(at).StartsWith("=?") && TryRead(text, at, ref end, out var word) ? word.Length : 0;

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

    private static bool TryRead(string text, int at, ref int end, out Word word)
    {
        word = default;
        var rest = text.AsSpan(at + 2);
        var charsetLength = rest[..Math.Min(rest.Length, LongestCharset)].IndexOf('?');
        if (charsetLength <= 0 || charsetLength + 2 >= rest.Length || rest[charsetLength + 2] != '?')
            return false;
        var isBase64 = rest[charsetLength + 1] is 'b' or 'B';
        if (!isBase64 && rest[charsetLength + 1] is not ('q' or 'Q'))
            return false;
        var start = at + 2 + charsetLength + 3;
        if (end < start)
        {
            end = IndexOf(text, "?=", start);
            end = end < 0 ? text.Length : end;
        }
        if (end == text.Length)
            return false;
        var charset = rest[..charsetLength];
        if (charset.IndexOf('*') is >= 0 and var language)
            charset = charset[..language];
        if (Charset.Find(charset) is not { } encoding)
            return false;
        word = new Word(encoding, Decode(text.AsSpan(start, end - start), isBase64), end + 2 - at);
        return true;
    }

    private static int IndexOf(string text, string what, int from) => from >= text.Length ? -1 : text.IndexOf(what, from, StringComparison.Ordinal);

    private static byte[] Decode(ReadOnlySpan<char> encoded, bool isBase64)
    {
        var octets = new byte[encoded.Length];
        var length = 0;
        if (isBase64)
        {
            foreach (var c in encoded)
                octets[length++] = c < 0x80 ? (byte)c : (byte)'?';
            var output = new System.Buffers.ArrayBufferWriter<byte>(Math.Max(length, 1));
            var decoder = new Base64Decoder();
            decoder.Pass(octets.AsSpan(0, length), output);
            decoder.End(output);
            return output.WrittenSpan.ToArray();
        }
        for (var i = 0; i < encoded.Length; i++)
        {
            var c = encoded[i];
            if (c == '=' && i + 2 < encoded.Length && char.IsAsciiHexDigit(encoded[i + 1]) && char.IsAsciiHexDigit(encoded[i + 2]))
            {
                octets[length++] = (byte)((HexDigit.Value(encoded[i + 1]) << 4) | HexDigit.Value(encoded[i + 2]));
                i += 2;
            }
            else
            {
                octets[length++] = c == '_' ? (byte)' ' : c < 0x100 ? (byte)c : (byte)'?';
            }
        }
        return octets[..length];
    }

    private readonly record struct Word(Encoding Encoding, byte[] Octets, int Length);

    // Gathers plain text, and words as long as their charset is the same.
    private sealed class Run(StringBuilder text)
    {
        private readonly List<byte> _octets = [];
        private Encoding? _encoding;

        public void AppendPlain(ReadOnlySpan<char> plain, bool beforeWord)
        {
            // RFC 2047 6.2: space between two encoded words is not shown.
            if (_encoding is not null && beforeWord && plain.Trim(" \t").IsEmpty)
                return;
            Flush();
            text.Append(plain);
        }

        public void AppendWord(Word word)
        {
            if (_encoding is not null && !_encoding.Equals(word.Encoding))
                Flush();
            _encoding = word.Encoding;
            _octets.AddRange(word.Octets);
        }

        public string Finish()
        {
            Flush();
            return text.ToString();
        }

        private void Flush()
        {
            if (_encoding is null)
                return;
            text.Append(_encoding.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_octets)));
            _octets.Clear();
            _encoding = null;
        }
    }
}
