// Charsets by the names that mail has for them.
using System.Text;

namespace MailFunctions.Mime.Decoding;

/// <summary>Finds the decoder of a charset (RFC 2046 4.1.2). Octets that are no text in it become U+FFFD.</summary>
public static class Charset
{
    private const int LongestName = 40;

    /// <summary>UTF-8 without a mark at its start: what is read where nothing, or nothing known, is said.</summary>
    public static Encoding Default { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The charset's encoding, or null if its name is unknown, or is that of UTF-7.</summary>
    /// <remarks>UTF-7 hides any character behind plain letters, which is of use to attackers alone (RFC 9051 and HTML forbid it likewise).</remarks>
    public static Encoding? Find(ReadOnlySpan<char> name)
    {
        name = name.Trim(" \t\"'");
        if (name.Length is 0 or > LongestName)
            return null;
        Span<char> room = stackalloc char[name.Length];
        if (Ascii.ToLower(name, room, out _) != System.Buffers.OperationStatus.Done)
            return null;
        return room switch
        {
            // Plain ASCII is often said of what is not, and is the same in UTF-8.
            "us-ascii" or "ascii" or "ansi_x3.4-1968" or "646" or "utf-8" or "utf8" or "unicode-1-1-utf-8" or "cp65001" => Default,
            "iso-8859-1" or "iso8859-1" or "iso_8859-1" or "latin1" or "latin-1" or "l1" => Encoding.Latin1,
            "utf-16" or "utf-16le" or "utf16" or "ucs-2" or "unicode" => new UnicodeEncoding(bigEndian: false, byteOrderMark: false),
            "utf-16be" => new UnicodeEncoding(bigEndian: true, byteOrderMark: false),
            "utf-32" or "utf-32le" or "utf32" => new UTF32Encoding(bigEndian: false, byteOrderMark: false),
            "utf-32be" => new UTF32Encoding(bigEndian: true, byteOrderMark: false),
            "utf-7" or "utf7" or "unicode-1-1-utf-7" or "unicode-2-0-utf-7" or "csunicode11utf7" or "x-unicode-2-0-utf-7" => null,
            _ => FindCodePage(room),
        };
    }

    private static Encoding? FindCodePage(ReadOnlySpan<char> name)
    {
        string known = name switch
        {
            "gb2312" or "gbk" or "cp936" or "x-gbk" or "ms936" => "gb18030", // a superset, which is what such mail often holds
            "big5-hkscs" or "big5hkscs" or "cn-big5" or "cp950" => "big5",
            "sjis" or "x-sjis" or "cp932" or "ms932" or "windows-31j" or "shift-jis" => "shift_jis",
            "iso-2022-jp-1" or "iso-2022-jp-2" or "iso-2022-jp-3" or "iso-2022-jp-ms" => "iso-2022-jp",
            "cp949" or "ks_c_5601" or "ksc5601" or "ms949" or "uhc" or "windows-949" => "ks_c_5601-1987",
            "cp1252" or "cp-1252" or "windows1252" => "windows-1252",
            "koi8" or "koi8r" => "koi8-r",
            _ when name.StartsWith("cp125") => $"windows-{name[2..]}",
            _ when name.StartsWith("iso8859-") => $"iso-8859-{name[8..]}",
            _ when name.StartsWith("iso_8859-") => $"iso-8859-{name[9..]}",
            _ when name.StartsWith("x-") && !name.StartsWith("x-mac") && !name.StartsWith("x-cp") => new string(name[2..]),
            _ => new string(name),
        };
        return CodePagesEncodingProvider.Instance.GetEncoding(known, EncoderFallback.ReplacementFallback, DecoderFallback.ReplacementFallback);
    }
}
