// From octets in a charset to characters.
using System.Text;

namespace MailFunctions.Mime.Decoding;

/// <summary>Decodes text in pieces cut anywhere, up to a limit; a byte order mark at its start is no character of it.</summary>
/// <param name="encoding">The charset.</param>
/// <param name="limit">Characters that are kept.</param>
public sealed class TextDecoder(Encoding encoding, int limit)
{
    private const int PieceOctets = 4096;

    private readonly StringBuilder _text = new();
    private Decoder? _decoder;

    /// <summary>True once as many characters are there as are kept; nothing more is decoded.</summary>
    public bool IsFull => _text.Length >= limit;

    /// <summary>Decodes the next octets.</summary>
    public void Pass(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty && !IsFull)
        {
            var piece = octets[..Math.Min(octets.Length, PieceOctets)];
            octets = octets[piece.Length..];
            Append(piece, flush: false);
        }
    }

    /// <summary>The text.</summary>
    public string Finish()
    {
        if (!IsFull)
            Append(default, flush: true);
        if (_text.Length > 0 && _text[0] == '\ufeff')
            _text.Remove(0, 1);
        if (_text.Length > limit)
            _text.Length = char.IsHighSurrogate(_text[limit - 1]) ? limit - 1 : limit;
        return _text.ToString();
    }

    private void Append(ReadOnlySpan<byte> piece, bool flush)
    {
        _decoder ??= Choose(piece).GetDecoder();
        Span<char> room = stackalloc char[1024];
        while (true)
        {
            _decoder.Convert(piece, room, flush, out var used, out var written, out var isDone);
            _text.Append(room[..written]);
            piece = piece[used..];
            if (isDone || (piece.IsEmpty && written < room.Length && !flush))
                return;
        }
    }

    // RFC 2781 3.3: a mark at the start of "utf-16" says which octet comes first.
    private Encoding Choose(ReadOnlySpan<byte> start) =>
        encoding is UnicodeEncoding && !start.IsEmpty && start[0] == 0xfe ? new UnicodeEncoding(bigEndian: true, byteOrderMark: false) : encoding;
}
