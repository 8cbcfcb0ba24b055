// The day in a rewritten address.
namespace MailFunctions.Mail;

/// <summary>Two base32 digits: the days since 1970, modulo 1,024.</summary>
internal static class SrsDay
{
    /// <summary>The digits of RFC 4648 6.</summary>
    public const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private const int Slots = 1024;

    /// <summary>The digits of a day.</summary>
    public static string Print(DateTimeOffset time)
    {
        var slot = Slot(time);
        return $"{Digits[slot >> 5]}{Digits[slot & 31]}";
    }

    /// <summary>
    /// Whether the digits are of a day not more than <paramref name="maxAge"/> days ago. Tomorrow is current too: two machines need not agree on
    /// midnight.
    /// </summary>
    public static bool IsCurrent(ReadOnlySpan<char> digits, DateTimeOffset now, int maxAge)
    {
        if (digits.Length != 2)
            return false;
        var high = Digits.IndexOf(char.ToUpperInvariant(digits[0]), StringComparison.Ordinal);
        var low = Digits.IndexOf(char.ToUpperInvariant(digits[1]), StringComparison.Ordinal);
        if (high < 0 || low < 0)
            return false;
        var age = (Slot(now) - (high << 5 | low) + Slots) % Slots;
        return age <= maxAge || age == Slots - 1;
    }

    private static int Slot(DateTimeOffset time) => (int)(time.ToUnixTimeSeconds() / 86_400 % Slots);
}
