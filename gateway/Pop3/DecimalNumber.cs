// Numbers as POP3 clients may write them.
namespace MailFunctions.Gateway.Pop3;

/// <summary>
/// Reads decimal numbers of 1*DIGIT. A leading zero is refused: no client writes one, every number has one spelling, and what cannot be meant as a
/// message number must not name a message that DELE would then delete.
/// </summary>
internal static class DecimalNumber
{
    /// <summary>Reads a number.</summary>
    /// <returns>False for anything but digits, for none, and for a leading zero. A number beyond <see cref="long.MaxValue"/> is read as that.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.IsEmpty || text[0] == '0' && text.Length > 1)
            return false;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            value = value > (long.MaxValue - 9) / 10 ? long.MaxValue : value * 10 + (digit - '0');
        }
        return true;
    }
}
