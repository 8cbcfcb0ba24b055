// What renewing tells the log. Event ids are for alerts and do not change; 1922 asks for an operator if it comes again and again.
namespace MailFunctions.App.Pipeline;

internal static partial class CertificateLog
{
    [LoggerMessage(1920, LogLevel.Information, "The certificate of {Names} is renewed, serial {Serial}, valid until {NotAfter}")]
    public static partial void CertificateRenewed(this ILogger log, string names, string serial, DateTimeOffset notAfter);

    [LoggerMessage(1921, LogLevel.Information, "The certificate of {Names} is valid until {NotAfter} and to be renewed at {At}")]
    public static partial void CertificateNotDue(this ILogger log, string names, DateTimeOffset notAfter, DateTimeOffset at);

    [LoggerMessage(1922, LogLevel.Error, "The certificate is not renewed ({Kind}): {Trouble}; it is tried again tomorrow")]
    public static partial void CertificateNotRenewed(this ILogger log, string kind, string trouble);
}
