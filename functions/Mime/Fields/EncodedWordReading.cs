// Encoded words on the way from their text to characters.
using System.Text;
using MailFunctions.Mime.Decoding;

namespace MailFunctions.Mime.Fields;

/// <summary>Finds and decodes the encoded words of one text, from its start to its end.</summary>
internal sealed class EncodedWordReading(string text)
{
    private const int LongestCharset = 80;

    private readonly WalkedText _text = new(text);
    private int _end = -1; // of the next word's text, once it was looked for; that keeps the search linear

    /// <summary>How often a character was looked at.</summary>
    public long Looks => _text.Looks;

    /// <summary>The text with its words decoded.</summary>
    public string DecodeAll()
    {
        var run = new Run(new StringBuilder(_text.Length));
        var plain = 0;
        var at = 0;
        while ((at = _text.IndexOf("=?", at)) >= 0)
        {
            if (!TryRead(at, out var word))
            {
                if (_end == _text.Length)
                    break; // nothing closes a word from here on
                at += 2;
                continue;
            }
            run.AppendPlain(_text.Slice(plain, at - plain), beforeWord: true);
            run.AppendWord(word);
            at += word.Length;
            plain = at;
        }
        run.AppendPlain(_text.Slice(plain, _text.Length - plain), beforeWord: false);
        return HeaderText.WithoutControls(run.Finish());
    }

    /// <summary>The length of the encoded word that begins at an index, or 0 if none does. Indexes never go back.</summary>
    public int LengthAt(int at) => _text.StartsWith("=?", at) && TryRead(at, out var word) ? word.Length : 0;

    private bool TryRead(int at, out Word word)
    {
        word = default;
        var charsetAt = at + 2;
        var length = _text.IndexOf('?', charsetAt, LongestCharset);
        var encodingAt = charsetAt + length + 1;
        if (length <= 0 || encodingAt + 1 >= _text.Length || _text[encodingAt + 1] != '?')
            return false;
        var isBase64 = _text[encodingAt] is 'b' or 'B';
        if (!isBase64 && _text[encodingAt] is not ('q' or 'Q'))
            return false;
        var start = encodingAt + 2;
        if (_end < start)
        {
            _end = _text.IndexOf("?=", start);
            _end = _end < 0 ? _text.Length : _end;
        }
        if (_end == _text.Length)
            return false;
        var charset = _text.Slice(charsetAt, length);
        if (charset.IndexOf('*') is >= 0 and var language)
            charset = charset[..language];
        if (Charset.Find(charset) is not { } encoding)
            return false;
        word = new Word(encoding, Decode(_text.Slice(start, _end - start), isBase64), _end + 2 - at);
        return true;
    }

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
