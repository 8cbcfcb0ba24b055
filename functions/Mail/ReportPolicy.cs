// Decides who is told what became of a recipient: the sender, a postmaster, or nobody.
namespace MailFunctions.Mail;

/// <summary>Who gets a report.</summary>
public abstract record ReportAddressee
{
    private ReportAddressee()
    {
    }

    /// <summary>Nobody: the event is recorded in the ledger and the log only.</summary>
    public sealed record Nobody : ReportAddressee;

    /// <summary>The sender.</summary>
    public sealed record Sender(EmailAddress ReversePath) : ReportAddressee;

    /// <summary>
    /// The postmaster of the domain of ours that the message was for, or of this system where it was for none. The report is a message of origin
    /// <see cref="MessageOrigin.PostmasterReport"/>.
    /// </summary>
    public sealed record Postmaster : ReportAddressee;
}

/// <summary>
/// The rules against backscatter and loops. Every report has the null reverse-path, and nothing with a null reverse-path is answered (RFC 5321 4.5.5,
/// 6.1, RFC 3464 2): the chain ends after at most two reports, the second of which goes to a postmaster.
/// </summary>
public static class ReportPolicy
{
    /// <summary>What an absent NOTIFY means (RFC 3461 4.1 leaves the delay to us).</summary>
    public const Notify DefaultNotify = Notify.Failure | Notify.Delay;

    /// <summary>Decides for one recipient of a message.</summary>
    /// <param name="kind">What happened.</param>
    /// <param name="reversePath">The message's reverse-path, null for <c>&lt;&gt;</c>.</param>
    /// <param name="origin">Who made the message.</param>
    /// <param name="notify">The recipient's NOTIFY, null if the sender gave none.</param>
    public static ReportAddressee Decide(ReportKind kind, EmailAddress? reversePath, MessageOrigin origin, Notify? notify)
    {
        // A report of ours that cannot be delivered: somebody ought to know, and only somebody of ours can be told without a loop.
        if (origin == MessageOrigin.Report && kind == ReportKind.Failed)
            return new ReportAddressee.Postmaster();
        if (origin != MessageOrigin.Client || reversePath is not { } sender)
            return new ReportAddressee.Nobody();
        return (notify ?? DefaultNotify).HasFlag(Event(kind)) ? new ReportAddressee.Sender(sender) : new ReportAddressee.Nobody();
    }

    /// <summary>
    /// Whether a delay is worth a report after an attempt that ended at this age. That it is sent once only is for the ledger to see to.
    /// </summary>
    public static bool ShouldWarn(RetrySchedule schedule, TimeSpan age, EmailAddress? reversePath) =>
        reversePath is not null && schedule.ShouldWarn(age);

    /// <summary>
    /// The schedule for a message: mail with a null reverse-path lives half as long, because it is mostly reports to addresses that do not exist.
    /// </summary>
    public static RetrySchedule ScheduleFor(RetrySchedule schedule, EmailAddress? reversePath) =>
        reversePath is null ? schedule with { GiveUpAfter = schedule.GiveUpAfter / 2 } : schedule;

    private static Notify Event(ReportKind kind) => kind switch
    {
        ReportKind.Failed => Notify.Failure,
        ReportKind.Delayed => Notify.Delay,
        ReportKind.Delivered => Notify.Success,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
