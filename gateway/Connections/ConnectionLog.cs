// What is logged of listeners.
namespace MailFunctions.Gateway.Connections;

/// <summary>Log messages 3000 to 3099.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(3000, LogLevel.Information, "{Listener} listens on {EndPoint}")]
    public static partial void Listens(this ILogger log, string listener, string endPoint);

    [LoggerMessage(3010, LogLevel.Information, "The certificate was replaced; the new one expires at {ExpiresAt:u}")]
    public static partial void CertificateReplaced(this ILogger log, DateTimeOffset expiresAt);

    [LoggerMessage(3011, LogLevel.Error, "The certificate's files have changed and cannot be used; new sessions get the old one: {Reason}")]
    public static partial void CertificateNotReplaced(this ILogger log, string reason);

    [LoggerMessage(3012, LogLevel.Warning, "The certificate expires at {ExpiresAt:u}")]
    public static partial void CertificateExpires(this ILogger log, DateTimeOffset expiresAt);
}
