// What the triggers tell the log. Event ids are for alerts and do not change.
namespace MailFunctions.App.Triggers.CustomHandler;

internal static partial class TriggerLog
{
    [LoggerMessage(1800, LogLevel.Warning, "{Id}: {Function} fails, storage is not available; the host tries again")]
    public static partial void StorageUnavailable(this ILogger log, string function, string id, Exception error);

    [LoggerMessage(1801, LogLevel.Error, "{Id}: {Function} fails; the host tries again")]
    public static partial void TriggerFailed(this ILogger log, string function, string id, Exception error);

    [LoggerMessage(1802, LogLevel.Error, "{Function} was called with something that is no invocation")]
    public static partial void NotAnInvocation(this ILogger log, string function);

    [LoggerMessage(1803, LogLevel.Warning, "A request to {Function} by {Method} that is not a call of the Functions host was refused")]
    public static partial void RefusedCall(this ILogger log, string function, string method);
}
