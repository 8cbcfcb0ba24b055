// Hexadecimal digits, of octets and of characters.
namespace MailFunctions.Mime;

/// <summary>Values of hexadecimal digits. Encodings write capitals; both cases are read.</summary>
internal static class HexDigit
{
    /// <summary>The digit's value, or -1 if it is none.</summary>
    public static int Value(int digit) => digit switch
    {
        >= '0' and <= '9' => digit - '0',
        >= 'A' and <= 'F' => digit - 'A' + 10,
        >= 'a' and <= 'f' => digit - 'a' + 10,
        _ => -1,
    };
}
