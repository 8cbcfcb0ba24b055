// What POP3 sessions write to the log: events 2000 to 2999.
using MailFunctions.Mail;

namespace MailFunctions.Gateway.Pop3;

/// <summary>The events. Passwords and content are in none of them; a refused login is named only if it is an address.</summary>
internal static partial class Pop3Log
{
    [LoggerMessage(2000, LogLevel.Debug, "{Session}: connected to {Listener} from {Address}")]
    public static partial void Connected(this ILogger log, string session, string listener, System.Net.IPAddress? address);

    [LoggerMessage(2001, LogLevel.Information, "{Session}: refused ({Reason})")]
    public static partial void Refused(this ILogger log, string session, MailFunctions.Gateway.Connections.Entry reason);

    [LoggerMessage(2003, LogLevel.Information, "{Session}: ended ({Reason}), account {Account}, {Retrieved} retrieved, {Deleted} deleted, {Errors} errors")]
    public static partial void Ended(this ILogger log, string session, SessionEnd reason, EmailAddress? account, int retrieved, int deleted, int errors);

    [LoggerMessage(2004, LogLevel.Error, "{Session}: ended by an exception")]
    public static partial void Failed(this ILogger log, string session, Exception error);

    [LoggerMessage(2010, LogLevel.Information, "{Session}: {Account} logged in, {Messages} messages, {Octets} octets")]
    public static partial void LoggedIn(this ILogger log, string session, EmailAddress account, int messages, long octets);

    [LoggerMessage(2011, LogLevel.Information, "{Session}: login refused for {Login} from {Address}")]
    public static partial void LoginRefused(this ILogger log, string session, string login, System.Net.IPAddress? address);

    [LoggerMessage(2012, LogLevel.Information, "{Session}: maildrop of {Account} is in use")]
    public static partial void InUse(this ILogger log, string session, EmailAddress account);

    [LoggerMessage(2013, LogLevel.Warning, "{Session}: no login possible: {Reason}")]
    public static partial void LoginUnavailable(this ILogger log, string session, string reason);

    [LoggerMessage(2014, LogLevel.Information, "{Session}: login from {Address} must wait {Wait} after too many failures")]
    public static partial void LoginDelayed(this ILogger log, string session, System.Net.IPAddress? address, TimeSpan wait);

    [LoggerMessage(2020, LogLevel.Information, "{Session}: {Account} retrieved {Id}")]
    public static partial void Retrieved(this ILogger log, string session, EmailAddress? account, SpoolId id);

    [LoggerMessage(2021, LogLevel.Warning, "{Session}: {Id} could not be opened: {Reason}")]
    public static partial void NotRead(this ILogger log, string session, SpoolId id, string reason);

    [LoggerMessage(2022, LogLevel.Error, "{Session}: {Id} broke off, connection dropped: {Reason}")]
    public static partial void BrokeOff(this ILogger log, string session, SpoolId id, string reason);

    [LoggerMessage(2030, LogLevel.Information, "{Session}: {Account} deleted {Id}")]
    public static partial void Deleted(this ILogger log, string session, EmailAddress account, SpoolId id);

    [LoggerMessage(2031, LogLevel.Warning, "{Session}: {Account} could not delete {Id}: {Reason}")]
    public static partial void NotDeleted(this ILogger log, string session, EmailAddress account, SpoolId id, string reason);

    [LoggerMessage(2032, LogLevel.Debug, "Tombstones of {Account} are left for another session: {Reason}")]
    public static partial void TombstonesLeft(this ILogger log, EmailAddress account, string reason);

    [LoggerMessage(2040, LogLevel.Warning, "{Session}: lease lost")]
    public static partial void LeaseLost(this ILogger log, string session);

    [LoggerMessage(2041, LogLevel.Warning, "{Session}: lease not renewed: {Reason}")]
    public static partial void LeaseNotRenewed(this ILogger log, string session, string reason);

    [LoggerMessage(2042, LogLevel.Warning, "{Session}: lease not released, it ends by itself: {Reason}")]
    public static partial void LeaseNotReleased(this ILogger log, string session, string reason);
}
