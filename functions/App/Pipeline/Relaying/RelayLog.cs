// What relaying tells the log. Event ids are for alerts and do not change; 1910 asks for an operator.
using MailFunctions.Mail;

namespace MailFunctions.App.Pipeline.Relaying;

internal static partial class RelayLog
{
    [LoggerMessage(1100, LogLevel.Information, "{Id}: relayed to {Recipient} at {Host}: {Reply}")]
    public static partial void Relayed(this ILogger log, SpoolId id, EmailAddress recipient, string? host, string reply);

    [LoggerMessage(1101, LogLevel.Information, "{Id}: refused for {Recipient} by {Host}: {Reply}")]
    public static partial void Refused(this ILogger log, SpoolId id, EmailAddress recipient, string? host, string reply);

    [LoggerMessage(1102, LogLevel.Information, "{Id}: not now for {Recipient} at {Host}: {Reply}")]
    public static partial void Deferred(this ILogger log, SpoolId id, EmailAddress recipient, string? host, string reply);

    [LoggerMessage(1103, LogLevel.Warning, "{Id}: the end was sent for {Recipient} to {Host} and not answered ({Why}); it is tried again, which may make a second copy")]
    public static partial void OutcomeUnknown(this ILogger log, SpoolId id, EmailAddress recipient, string? host, string why);

    [LoggerMessage(1104, LogLevel.Information, "{Id}: no session for {Destination} with {Host}: {Why}")]
    public static partial void HostFailed(this ILogger log, SpoolId id, string destination, string host, string why);

    [LoggerMessage(1105, LogLevel.Information, "{Id}: {Destination} cannot be mailed: {Status} {Why}")]
    public static partial void Unroutable(this ILogger log, SpoolId id, string destination, DeliveryStatus status, string why);

    [LoggerMessage(1106, LogLevel.Information, "{Id}: waits for {Destination} until {Next}, after {Attempts} attempts")]
    public static partial void Waits(this ILogger log, SpoolId id, string destination, DateTimeOffset next, int attempts);

    [LoggerMessage(1107, LogLevel.Information, "{Id}: given up for {Destination}, after {Attempts} attempts")]
    public static partial void GivenUp(this ILogger log, SpoolId id, string destination, int attempts);

    [LoggerMessage(1108, LogLevel.Debug, "{Id}: {Destination} is not due, or another worker has it, until {Next}")]
    public static partial void NotNow(this ILogger log, SpoolId id, string destination, DateTimeOffset next);

    [LoggerMessage(1109, LogLevel.Debug, "{Id}: nothing is left for {Destination}")]
    public static partial void NothingLeft(this ILogger log, SpoolId id, string destination);

    [LoggerMessage(1110, LogLevel.Warning, "{Id}: the claim on {Destination} is lost; whoever has it now goes on")]
    public static partial void ClaimLost(this ILogger log, SpoolId id, string destination);

    [LoggerMessage(1120, LogLevel.Information, "{Id}: report {Number} ({Kind}) is message {Report}")]
    public static partial void Reported(this ILogger log, SpoolId id, int number, ReportKind kind, SpoolId report);

    [LoggerMessage(1910, LogLevel.Error, "{Id}: report {Number} ({Kind}) can be sent to nobody and is dropped")]
    public static partial void ReportDropped(this ILogger log, SpoolId id, int number, ReportKind kind);
}
