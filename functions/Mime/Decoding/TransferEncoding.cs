// How content was made fit for transport.
using System.Text;

namespace MailFunctions.Mime.Decoding;

/// <summary>The values of <c>Content-Transfer-Encoding</c> (RFC 2045 6).</summary>
public enum TransferEncoding
{
    /// <summary>Short lines of ASCII, as they are; also where nothing is said.</summary>
    SevenBit,

    /// <summary>Lines of any octets, as they are.</summary>
    EightBit,

    /// <summary>Any octets, as they are.</summary>
    Binary,

    /// <summary>Text with what is not plain as <c>=hh</c> (RFC 2045 6.7).</summary>
    QuotedPrintable,

    /// <summary>Six bits per character (RFC 2045 6.8).</summary>
    Base64,

    /// <summary>Lines between <c>begin</c> and <c>end</c>, as uuencode wrote them before MIME.</summary>
    Uuencode,
}

/// <summary>Reads and prints the names of transfer encodings.</summary>
public static class TransferEncodingNames
{
    /// <summary>Finds an encoding by its name in any case.</summary>
    /// <returns>False if there is none of that name.</returns>
    public static bool TryParse(ReadOnlySpan<char> name, out TransferEncoding encoding)
    {
        TransferEncoding? found = name switch
        {
            _ when Is(name, "7bit") || Is(name, "7-bit") => TransferEncoding.SevenBit,
            _ when Is(name, "8bit") || Is(name, "8-bit") => TransferEncoding.EightBit,
            _ when Is(name, "binary") => TransferEncoding.Binary,
            _ when Is(name, "quoted-printable") => TransferEncoding.QuotedPrintable,
            _ when Is(name, "base64") => TransferEncoding.Base64,
            _ when Is(name, "x-uuencode") || Is(name, "uuencode") || Is(name, "x-uue") || Is(name, "uue") => TransferEncoding.Uuencode,
            _ => null,
        };
        encoding = found ?? TransferEncoding.EightBit;
        return found is not null;
    }

    /// <summary>The name as RFC 2045 spells it.</summary>
    public static string Name(this TransferEncoding encoding) => encoding switch
    {
        TransferEncoding.SevenBit => "7bit",
        TransferEncoding.EightBit => "8bit",
        TransferEncoding.Binary => "binary",
        TransferEncoding.QuotedPrintable => "quoted-printable",
        TransferEncoding.Base64 => "base64",
        TransferEncoding.Uuencode => "x-uuencode",
        _ => throw new InvalidOperationException($"There is no transfer encoding {encoding}."),
    };

    /// <summary>True if the content stands in the message as it is.</summary>
    public static bool IsIdentity(this TransferEncoding encoding) =>
        encoding is TransferEncoding.SevenBit or TransferEncoding.EightBit or TransferEncoding.Binary;

    private static bool Is(ReadOnlySpan<char> name, ReadOnlySpan<char> known) => Ascii.EqualsIgnoreCase(name, known);
}
