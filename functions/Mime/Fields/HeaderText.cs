// Text in header fields: from octets to characters and back.
using System.Buffers;
using System.Text;

namespace MailFunctions.Mime.Fields;

/// <summary>Unstructured text (RFC 5322 3.2.5) with its encoded words (RFC 2047), and raw UTF-8 (RFC 6532).</summary>
public static class HeaderText
{
    private const int Width = 76; // RFC 2047 2: a line with an encoded word

    /// <summary>The octets on one line: line breaks removed (RFC 5322 2.2.3) and no spaces around; UTF-8, or else Latin-1.</summary>
    public static string Unfold(ReadOnlySpan<byte> value)
    {
        value = value.Trim(" \t\r\n"u8);
        if (!value.ContainsAny((byte)'\r', (byte)'\n'))
            return Decode(value);
        var room = ArrayPool<byte>.Shared.Rent(value.Length);
        var length = 0;
        foreach (var octet in value)
        {
            if (octet is not ((byte)'\r' or (byte)'\n'))
                room[length++] = octet;
        }
        var text = Decode(room.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(room);
        return text;
    }

    /// <summary>The octets as a person reads them.</summary>
    public static string Read(ReadOnlySpan<byte> value) => EncodedWord.DecodeAll(Unfold(value));

    /// <summary>
    /// Prints text so that <see cref="Read"/> gives it back: as it is where it is plain, else as encoded words, on lines of at most 76 octets.
    /// </summary>
    /// <param name="text">Text without control characters and lone surrogates: those come back as U+FFFD.</param>
    /// <param name="column">How much of the first line is taken already.</param>
    public static string Print(string text, int column = 0) => IsPlain(text) && column + text.Length <= Width ? text : EncodedWord.EncodeAll(text, column);

    /// <summary>Control characters as U+FFFD: what was hidden in an encoded word breaks no line, and ends none (CR, LF and NUL among them).</summary>
    internal static string WithoutControls(string text)
    {
        if (!HasControls(text))
            return text;
        return string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = IsControl(source[i]) ? '\ufffd' : source[i];
        });
    }

    /// <summary>True for characters that no field may have: C0 but the tab, DEL, C1, and the line and paragraph separators.</summary>
    internal static bool IsControl(char c) => c is (< ' ' and not '\t') or (>= '\x7f' and <= '\x9f') or '\u2028' or '\u2029';

    private static bool HasControls(string text)
    {
        foreach (var c in text)
        {
            if (IsControl(c))
                return true;
        }
        return false;
    }

    private static bool IsPlain(string text)
    {
        if (text.Length > 0 && (text[0] == ' ' || text[^1] == ' '))
            return false;
        return !text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains("=?", StringComparison.Ordinal);
    }

    private static string Decode(ReadOnlySpan<byte> octets) =>
        System.Text.Unicode.Utf8.IsValid(octets) ? Encoding.UTF8.GetString(octets) : Encoding.Latin1.GetString(octets);
}
