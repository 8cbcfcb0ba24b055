// How much a mailbox may hold, as an operator writes it.
using System.Globalization;

namespace MailFunctions.Mailctl;

/// <summary>A quota.</summary>
/// <param name="Octets">The most octets; 0 for no limit, null for what the gateway has configured.</param>
internal readonly record struct MailboxSize(long? Octets)
{
    private const string Units = "KMGT";

    /// <summary>Reads <c>500M</c>, <c>2G</c>, a number of octets, <c>none</c> or <c>default</c>; units are powers of 1,024.</summary>
    public static bool TryParse(string text, out MailboxSize size)
    {
        size = default;
        if (text is "default")
            return true;
        size = new MailboxSize(0);
        if (text is "none")
            return true;
        var unit = text.Length > 0 ? Units.IndexOf(char.ToUpperInvariant(text[^1]), StringComparison.Ordinal) : -1;
        if (!long.TryParse(unit < 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number == 0 || number > long.MaxValue >> (10 * (unit + 1)))
            return false;
        size = new MailboxSize(number << (10 * (unit + 1)));
        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        switch (Octets)
        {
            case null:
                return "default";
            case 0:
                return "none";
        }
        var (number, unit) = (Octets.Value, 0);
        for (; number % 1_024 == 0 && unit < Units.Length; unit++)
            number /= 1_024;
        return string.Create(CultureInfo.InvariantCulture, $"{number}{(unit == 0 ? "" : Units[unit - 1])}");
    }
}
