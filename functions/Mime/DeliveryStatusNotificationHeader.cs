// The header of a report, and that of the part that returns the message.
using System.Globalization;
using System.Text;
using MailFunctions.Mail;

namespace MailFunctions.Mime;

/// <summary>The fields on top of a report (RFC 5322, RFC 3834, RFC 6522) and of its third part.</summary>
internal static class DeliveryStatusNotificationHeader
{
    /// <summary>The report's header, the empty line, and a line for readers that know no MIME.</summary>
    public static string Print(DeliveryStatusNotification report, string boundary)
    {
        var header = new StringBuilder();
        header.Append(CultureInfo.InvariantCulture, $"Date: {MailDate.Print(report.Date)}\r\n");
        header.Append(CultureInfo.InvariantCulture, $"From: Mail Delivery System <mailer-daemon@{report.Host}>\r\n");
        header.Append(CultureInfo.InvariantCulture, $"To: <{report.To}>\r\n");
        header.Append(CultureInfo.InvariantCulture, $"Subject: {Subject(report)}\r\n");
        header.Append(CultureInfo.InvariantCulture, $"Message-ID: <{report.Id}@{report.Host}>\r\n");
        if (report.Returned.MessageId is { } id)
            header.Append(CultureInfo.InvariantCulture, $"In-Reply-To: {id}\r\nReferences: {id}\r\n");
        header.Append("Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"); // RFC 3834 5
        header.Append(CultureInfo.InvariantCulture, $"Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"{boundary}\"\r\n");
        header.Append(CultureInfo.InvariantCulture, $"Content-Transfer-Encoding: {Encoding(report)}\r\n\r\n");
        header.Append("This is a delivery report in MIME format (RFC 3464).\r\n\r\n");
        return header.ToString();
    }

    /// <summary>The fields of the part with the returned message, without the empty line.</summary>
    public static string PrintReturned(DeliveryStatusNotification report)
    {
        var (description, type) = report.Returned.IsWhole ? ("Message", "message/rfc822") : ("Message header", "text/rfc822-headers");
        return $"Content-Description: {description}\r\nContent-Type: {type}\r\nContent-Transfer-Encoding: {Encoding(report)}\r\n";
    }

    private static string Encoding(DeliveryStatusNotification report) => report.NeedsEightBitMime ? "8bit" : "7bit";

    private static string Subject(DeliveryStatusNotification report) => (report.Kind, report.MessageOrigin) switch
    {
        (ReportKind.Failed, not MessageOrigin.Client) => "Postmaster notice: undeliverable report",
        (ReportKind.Failed, _) => "Undelivered mail returned to sender",
        (ReportKind.Delayed, _) => "Delayed mail, still being tried",
        (ReportKind.Delivered, _) => "Delivered mail",
        _ => throw new InvalidOperationException($"There is no kind {report.Kind}."),
    };
}
