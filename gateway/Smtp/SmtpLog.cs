// What SMTP sessions log. Peers' faults are Debug and Information, ours are Warning and Error; never content, never a password.
using MailFunctions.Mail;

namespace MailFunctions.Gateway.Smtp;

/// <summary>Log messages 1000 to 1999.</summary>
internal static partial class SmtpLog
{
    [LoggerMessage(1000, LogLevel.Debug, "{Connection} {Listener} connected from {Address}")]
    public static partial void Connected(this ILogger log, string connection, string listener, System.Net.IPAddress? address);

    [LoggerMessage(1001, LogLevel.Debug, "{Connection} closed after {Messages} messages and {Errors} errors")]
    public static partial void Closed(this ILogger log, string connection, int messages, int errors);

    [LoggerMessage(1002, LogLevel.Debug, "{Connection} lost: {Reason}")]
    public static partial void Lost(this ILogger log, string connection, string reason);

    [LoggerMessage(1003, LogLevel.Information, "{Connection} refused: {Reply}")]
    public static partial void Refused(this ILogger log, string connection, string reply);

    [LoggerMessage(1004, LogLevel.Information, "{Connection} accepted {SpoolId} from <{ReversePath}> for {Recipients} recipients, {Octets} octets")]
    public static partial void Accepted(this ILogger log, string connection, SpoolId spoolId, MailFunctions.Mail.EmailAddress? reversePath, int recipients, long octets);

    [LoggerMessage(1005, LogLevel.Information, "{Connection} logged in as {Account}")]
    public static partial void LoggedIn(this ILogger log, string connection, MailFunctions.Mail.EmailAddress account);

    [LoggerMessage(1006, LogLevel.Information, "{Connection} login refused from {Address}")]
    public static partial void LoginRefused(this ILogger log, string connection, System.Net.IPAddress? address);

    [LoggerMessage(1007, LogLevel.Information, "{Connection} login from {Address} must wait {Wait} after too many failures")]
    public static partial void LoginDelayed(this ILogger log, string connection, System.Net.IPAddress? address, TimeSpan wait);

    [LoggerMessage(1010, LogLevel.Warning, "{Connection} login not possible: {Reason}")]
    public static partial void LoginUnavailable(this ILogger log, string connection, string reason);

    [LoggerMessage(1011, LogLevel.Warning, "{Connection} directory not reachable")]
    public static partial void DirectoryUnavailable(this ILogger log, string connection, Exception error);

    [LoggerMessage(1012, LogLevel.Warning, "{Connection} {SpoolId} not stored")]
    public static partial void NotStored(this ILogger log, string connection, SpoolId spoolId, Exception error);

    [LoggerMessage(1013, LogLevel.Warning, "{Connection} {SpoolId} committed but not enqueued; the sweep will find it")]
    public static partial void NotEnqueued(this ILogger log, string connection, SpoolId spoolId, Exception error);

    [LoggerMessage(1014, LogLevel.Warning, "{Connection} {Account} has used up its recipients of a day; if that is not like him, his password may be stolen")]
    public static partial void OutgoingLimit(this ILogger log, string connection, MailFunctions.Mail.EmailAddress account);

    [LoggerMessage(1015, LogLevel.Warning, "{Connection} {Account} has used up its messages of a day; if that is not like him, his password may be stolen")]
    public static partial void MessageLimit(this ILogger log, string connection, MailFunctions.Mail.EmailAddress account);

    [LoggerMessage(1016, LogLevel.Information, "{Connection} no room for {Recipient}: 'mailctl account quota' gives more")]
    public static partial void MailboxFull(this ILogger log, string connection, MailFunctions.Mail.EmailAddress recipient);

    [LoggerMessage(1017, LogLevel.Information, "{Connection} {Address} is on the blocklist {Zone}")]
    public static partial void Blocklisted(this ILogger log, string connection, System.Net.IPAddress address, string zone);

    [LoggerMessage(
        1018, LogLevel.Warning,
        "The blocklist {Zone} does not answer our name server ({Answer}) and lists nobody: name another in Mail:Dns:Server, or change Mail:Blocklists")]
    public static partial void BlocklistRefuses(this ILogger log, string zone, System.Net.IPAddress answer);

    [LoggerMessage(1019, LogLevel.Debug, "{Connection} the blocklist {Zone} did not answer: {Reason}")]
    public static partial void BlocklistSilent(this ILogger log, string connection, string zone, string reason);

    [LoggerMessage(1020, LogLevel.Error, "{Connection} failed")]
    public static partial void Failed(this ILogger log, string connection, Exception error);
}
