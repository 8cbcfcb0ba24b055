// What the pipeline tells the log. Event ids are for alerts and do not change; 1900 and 1901 ask for an operator.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.App.Pipeline;

internal static partial class PipelineLog
{
    [LoggerMessage(1000, LogLevel.Information, "{Id}: delivered to {Account}")]
    public static partial void Delivered(this ILogger log, SpoolId id, EmailAddress account);

    [LoggerMessage(1001, LogLevel.Debug, "{Id}: was already delivered to {Account}")]
    public static partial void DeliveredBefore(this ILogger log, SpoolId id, EmailAddress account);

    [LoggerMessage(1002, LogLevel.Information, "{Id}: finished")]
    public static partial void Finished(this ILogger log, SpoolId id);

    [LoggerMessage(1003, LogLevel.Debug, "{Id}: was already finished")]
    public static partial void FinishedBefore(this ILogger log, SpoolId id);

    [LoggerMessage(1004, LogLevel.Information, "{Id}: held for {Destination}, {Recipients} recipients")]
    public static partial void Held(this ILogger log, SpoolId id, string destination, int recipients);

    [LoggerMessage(1005, LogLevel.Debug, "{Id}: was already routed")]
    public static partial void RoutedBefore(this ILogger log, SpoolId id);

    [LoggerMessage(1006, LogLevel.Warning, "{Id}: not all copies are stored within the time; continues later")]
    public static partial void RouteOutOfTime(this ILogger log, SpoolId id);

    [LoggerMessage(1007, LogLevel.Information, "{Id}: to be relayed to {Destination}, {Recipients} recipients")]
    public static partial void HandedOver(this ILogger log, SpoolId id, string destination, int recipients);

    [LoggerMessage(1008, LogLevel.Error, "A message could not be summed up; it is delivered all the same")]
    public static partial void NoSummary(this ILogger log, Exception error);

    [LoggerMessage(1009, LogLevel.Warning, "{Id}: the scanner could not be asked: {Trouble} (kept back: {Waits})")]
    public static partial void NotScanned(this ILogger log, SpoolId id, string trouble, bool waits);

    [LoggerMessage(1010, LogLevel.Warning, "A message of version {Version} in queue {Queue} is dropped; the sweep enqueues its mail anew")]
    public static partial void UnknownWorkVersion(this ILogger log, WorkQueue queue, int version);

    [LoggerMessage(1011, LogLevel.Error, "{Id}: the spool blob has version {Version}, which this program does not know; it is left as it is")]
    public static partial void UnknownSpoolVersion(this ILogger log, SpoolId id, int version);

    [LoggerMessage(1012, LogLevel.Error, "{Id}: the ledger has version {Version}, which this program does not know; it is left as it is")]
    public static partial void UnknownLedgerVersion(this ILogger log, SpoolId id, int version);

    [LoggerMessage(1020, LogLevel.Information, "{Id}: due, enqueued to {Queue} (poisoned {Poisoned} times before)")]
    public static partial void Retried(this ILogger log, SpoolId id, WorkQueue queue, int poisoned);

    [LoggerMessage(1021, LogLevel.Warning, "Not all that is due was enqueued within the time; the next tick goes on")]
    public static partial void RetryOutOfTime(this ILogger log);

    [LoggerMessage(1022, LogLevel.Warning, "The relay has {Backlog} messages waiting; no more are enqueued now")]
    public static partial void RelayBacklog(this ILogger log, long backlog);

    [LoggerMessage(1023, LogLevel.Warning, "{Id}: the oldest of what is due, {Late} late")]
    public static partial void RetryLate(this ILogger log, SpoolId id, TimeSpan late);

    [LoggerMessage(1030, LogLevel.Warning, "{Id}: idle, enqueued to {Queue} by the sweep")]
    public static partial void EnqueuedIdle(this ILogger log, SpoolId id, WorkQueue queue);

    [LoggerMessage(1031, LogLevel.Warning, "{Id}: the sweep came no further within its time")]
    public static partial void SweepOutOfTime(this ILogger log, SpoolId id);

    [LoggerMessage(1032, LogLevel.Information, "{Id}: deleted a ledger whose message is finished")]
    public static partial void DeletedOrphan(this ILogger log, SpoolId id);

    [LoggerMessage(1040, LogLevel.Information, "{Id}: moved from the removed account {Account} to {Postmaster}")]
    public static partial void MovedLateMail(this ILogger log, SpoolId id, EmailAddress account, EmailAddress postmaster);

    [LoggerMessage(1041, LogLevel.Warning, "{Id}: arrived for the removed account {Account}, whose domain has no postmaster to take it")]
    public static partial void LateMailWithoutPostmaster(this ILogger log, SpoolId id, EmailAddress account);

    [LoggerMessage(1050, LogLevel.Warning, "{Id}: poisoned in queue {Queue} for the {Times}. time; tried again in 15 minutes")]
    public static partial void Poisoned(this ILogger log, SpoolId id, WorkQueue queue, int times);

    [LoggerMessage(1900, LogLevel.Error, "{Id}: parked: {Reason}")]
    public static partial void Parked(this ILogger log, SpoolId id, string reason);

    [LoggerMessage(1901, LogLevel.Error, "A message in queue {Queue} that cannot be read is parked")]
    public static partial void ParkedText(this ILogger log, WorkQueue queue);
}
