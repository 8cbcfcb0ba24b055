// What MTA-STS tells the log. Event ids are for alerts and do not change.
using MailFunctions.Mail;

namespace MailFunctions.App.Pipeline.Relaying.MtaSts;

internal static partial class StsLog
{
    [LoggerMessage(1130, LogLevel.Information, "{Domain}: its MTA-STS policy {PolicyId} is {Mode}, for {MaxAge}")]
    public static partial void PolicyFetched(this ILogger log, DomainName domain, string policyId, StsMode mode, TimeSpan maxAge);

    [LoggerMessage(1131, LogLevel.Warning, "{Domain}: its MTA-STS policy {PolicyId} cannot be fetched: {Why}; an older one in force: {HasOlder}")]
    public static partial void PolicyNotFetched(this ILogger log, DomainName domain, string policyId, string why, bool hasOlder);

    [LoggerMessage(1132, LogLevel.Warning, "{Domain}: its MTA-STS policy cannot be kept: {Why}")]
    public static partial void PolicyNotKept(this ILogger log, DomainName domain, string why);

    [LoggerMessage(1133, LogLevel.Warning, "{Id}: the MTA-STS policy of {Destination}, which is only tested, would not allow {Host}: {Why}")]
    public static partial void PolicyWouldRefuse(this ILogger log, SpoolId id, string destination, string host, string why);
}
