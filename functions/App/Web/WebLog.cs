// What the web's requests tell the log. Event ids are for alerts and do not change.
namespace MailFunctions.App.Web;

internal static partial class WebLog
{
    [LoggerMessage(1140, LogLevel.Error, "A request from the web cannot be answered now: {Why}")]
    public static partial void NotPublished(this ILogger log, string why);
}
