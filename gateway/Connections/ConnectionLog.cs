// What is logged of listeners.
namespace MailFunctions.Gateway.Connections;

/// <summary>Log messages 3000 to 3099.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(3000, LogLevel.Information, "{Listener} listens on {EndPoint}")]
    public static partial void Listens(this ILogger log, string listener, string endPoint);
}
