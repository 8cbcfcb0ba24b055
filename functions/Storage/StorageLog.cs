// What storage logs: tries that failed. Never content, never queue text.
using Microsoft.Extensions.Logging;

namespace MailFunctions.Storage;

internal static partial class StorageLog
{
    [LoggerMessage(5001, LogLevel.Warning, "Storage: try {Number} to {Operation} failed: {Trouble}. The next one comes in {Wait}.")]
    public static partial void TryFailed(this ILogger logger, int number, string operation, string trouble, TimeSpan wait);

    [LoggerMessage(5002, LogLevel.Error, "Storage: gave up to {Operation} after {Number} tries: {Trouble}.")]
    public static partial void GaveUp(this ILogger logger, Exception error, string operation, int number, string trouble);

    [LoggerMessage(5003, LogLevel.Warning, "Storage: a blob in {Container} has a name that is none of ours and is left alone.")]
    public static partial void ForeignName(this ILogger logger, string container);

    [LoggerMessage(5004, LogLevel.Warning, "Storage: {Octets} octets of the trace are lost; the mail is not")]
    public static partial void TraceLost(this ILogger logger, int octets, Exception error);
}
