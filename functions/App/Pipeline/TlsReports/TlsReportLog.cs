// What reporting on TLS tells the log. Event ids are for alerts and do not change.
namespace MailFunctions.App.Pipeline.TlsReports;

internal static partial class TlsReportLog
{
    [LoggerMessage(1930, LogLevel.Information, "{Domain}: the TLS report of {Day:yyyy-MM-dd} goes to {Target}")]
    public static partial void TlsReported(this ILogger log, string domain, DateTimeOffset day, string target);

    [LoggerMessage(1931, LogLevel.Warning, "{Domain}: the TLS report of {Day:yyyy-MM-dd} could not be given to {Target}: {Why}")]
    public static partial void TlsReportNotTaken(this ILogger log, string domain, DateTimeOffset day, string target, string why);

    [LoggerMessage(1932, LogLevel.Information, "TLS reports of {Day:yyyy-MM-dd}: {Domains} domains were seen, {Reports} reports made; {Skipped} sessions beyond the limit not counted")]
    public static partial void TlsDayReported(this ILogger log, DateTimeOffset day, int domains, int reports, long skipped);
}
