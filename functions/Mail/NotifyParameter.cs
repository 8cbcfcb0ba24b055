// Reads and prints the value of NOTIFY in RCPT.
namespace MailFunctions.Mail;

/// <summary>The grammar of notify-esmtp-value (RFC 3461 4.1).</summary>
public static class NotifyParameter
{
    /// <summary>
    /// Reads <c>NEVER</c>, or a list without repetitions of <c>SUCCESS</c>, <c>FAILURE</c> and <c>DELAY</c>, in letters of any case.
    /// </summary>
    /// <returns>False for anything else: the command is to be answered with 501.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Notify notify)
    {
        notify = Notify.Never;
        if (text.Equals("NEVER", StringComparison.OrdinalIgnoreCase))
            return true;
        foreach (var range in text.Split(','))
        {
            var next = Read(text[range]);
            if (next == Notify.Never || notify.HasFlag(next))
                return false;
            notify |= next;
        }
        return true;
    }

    /// <summary>The value as it stands in RCPT.</summary>
    public static string Print(Notify notify)
    {
        if (notify == Notify.Never)
            return "NEVER";
        Notify[] events = [Notify.Success, Notify.Failure, Notify.Delay];
        return string.Join(',', events.Where(one => notify.HasFlag(one)).Select(one => one.ToString().ToUpperInvariant()));
    }

    private static Notify Read(ReadOnlySpan<char> word) =>
        word.Equals("SUCCESS", StringComparison.OrdinalIgnoreCase) ? Notify.Success
        : word.Equals("FAILURE", StringComparison.OrdinalIgnoreCase) ? Notify.Failure
        : word.Equals("DELAY", StringComparison.OrdinalIgnoreCase) ? Notify.Delay
        : Notify.Never;
}
