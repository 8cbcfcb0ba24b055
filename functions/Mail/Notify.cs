// The events for which the sender of a message wants a report on a recipient.
namespace MailFunctions.Mail;

/// <summary>The value of NOTIFY in RCPT (RFC 3461 4.1). Where the parameter is absent, the value is null and <see cref="ReportPolicy"/> decides.</summary>
[Flags]
public enum Notify
{
    /// <summary>No report under any condition.</summary>
    Never = 0,

    /// <summary>When it has been delivered.</summary>
    Success = 1,

    /// <summary>When delivery has failed.</summary>
    Failure = 2,

    /// <summary>When delivery takes unusually long.</summary>
    Delay = 4,
}

/// <summary>Reads and prints the value of NOTIFY.</summary>
public static class NotifyParameter
{
    /// <summary>Reads <c>NEVER</c>, or a list without repetitions of <c>SUCCESS</c>, <c>FAILURE</c> and <c>DELAY</c>, in letters of any case.</summary>
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
    public static string Print(Notify notify) => notify == Notify.Never
        ? "NEVER"
        : string.Join(',', new[] { Notify.Success, Notify.Failure, Notify.Delay }.Where(flag => notify.HasFlag(flag)).Select(flag => flag.ToString().ToUpperInvariant()));

    private static Notify Read(ReadOnlySpan<char> word) =>
        word.Equals("SUCCESS", StringComparison.OrdinalIgnoreCase) ? Notify.Success
        : word.Equals("FAILURE", StringComparison.OrdinalIgnoreCase) ? Notify.Failure
        : word.Equals("DELAY", StringComparison.OrdinalIgnoreCase) ? Notify.Delay
        : Notify.Never;
}
