// The events for which the sender of a message wants a report on a recipient.
namespace MailFunctions.Mail;

/// <summary>
/// The value of NOTIFY in RCPT (RFC 3461 4.1). Where the parameter is absent, the value is null and <see cref="ReportPolicy"/> decides.
/// </summary>
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
