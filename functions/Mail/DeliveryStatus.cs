// The enhanced status code of RFC 3463 as one value: what a report says about a recipient.
using System.Globalization;

namespace MailFunctions.Mail;

/// <summary>An enhanced status code (RFC 3463 2): <c>5.1.1</c> is class 5, subject 1, detail 1.</summary>
/// <param name="Class">2 for success, 4 for trouble that may pass, 5 for trouble that stays.</param>
/// <param name="Subject">What it is about, 0 to 999.</param>
/// <param name="Detail">What exactly, 0 to 999.</param>
public readonly record struct DeliveryStatus(int Class, int Subject, int Detail)
{
    /// <summary>Reads a code that stands alone: one digit of 2, 4 or 5, a dot, up to three digits, a dot, up to three digits.</summary>
    /// <returns>False for anything else.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out DeliveryStatus status)
    {
        status = default;
        if (text.Length < 5 || text[0] is not ('2' or '4' or '5') || text[1] != '.')
            return false;
        var rest = text[2..];
        var dot = rest.IndexOf('.');
        if (dot < 0 || !TryReadNumber(rest[..dot], out var subject) || !TryReadNumber(rest[(dot + 1)..], out var detail))
            return false;
        status = new DeliveryStatus(text[0] - '0', subject, detail);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Class}.{Subject}.{Detail}");

    private static bool TryReadNumber(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        return text.Length is 1 or 2 or 3 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
