// A whole enhanced status code: class, subject and detail.
using System.Globalization;

namespace MailFunctions.Mail;

/// <summary>A status code such as <c>5.1.1</c> (RFC 3463): class 2, 4 or 5, then subject and detail of up to three digits each.</summary>
public readonly record struct DeliveryStatus
{
    private const int MaxNumber = 999;

    /// <summary>Makes a status code.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is none that the grammar allows.</exception>
    public DeliveryStatus(int @class, int subject, int detail)
    {
        if (@class is not (2 or 4 or 5))
            throw new ArgumentOutOfRangeException(nameof(@class), @class, "The class is 2, 4 or 5.");
        ArgumentOutOfRangeException.ThrowIfNegative(subject);
        ArgumentOutOfRangeException.ThrowIfNegative(detail);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(subject, MaxNumber);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(detail, MaxNumber);
        Class = @class;
        Subject = subject;
        Detail = detail;
    }

    /// <summary>2 for success, 4 for a failure that may pass, 5 for one that will not.</summary>
    public int Class { get; }

    /// <summary>What the status is about: 1 address, 2 mailbox, 3 system, 4 network, 5 protocol, 6 content, 7 policy, 0 anything.</summary>
    public int Subject { get; }

    /// <summary>The detail, which has its meaning within the subject.</summary>
    public int Detail { get; }

    /// <summary>Reads a status code.</summary>
    /// <returns>False for anything but three numbers within their bounds, without leading zeros.</returns>
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
        return text.Length is >= 1 and <= 3 && (text.Length == 1 || text[0] != '0')
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
