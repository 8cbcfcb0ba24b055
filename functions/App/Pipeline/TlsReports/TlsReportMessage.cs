// A TLS report as a mail.
using System.Globalization;
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mime;

namespace MailFunctions.App.Pipeline.TlsReports;

/// <summary>The mail with a report in it (RFC 8460 5.3), in lines that end in CR LF and have no octet above 127.</summary>
internal static class TlsReportMessage
{
    private const int LineLength = 76; // RFC 2045 6.8

    /// <summary>Writes it.</summary>
    /// <param name="report">The report.</param>
    /// <param name="id">The message's id.</param>
    /// <param name="to">Whom it is addressed to.</param>
    /// <param name="date">When it is sent.</param>
    /// <param name="gzip">The report's document, compressed.</param>
    public static byte[] Write(TlsReport report, SpoolId id, EmailAddress to, DateTimeOffset date, byte[] gzip)
    {
        var boundary = $"=_{id}";
        var base64 = Convert.ToBase64String(gzip);
        var lines = Enumerable.Range(0, (base64.Length + LineLength - 1) / LineLength)
            .Select(at => base64.Substring(at * LineLength, Math.Min(LineLength, base64.Length - (at * LineLength))));
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"""
            Date: {MailDate.Print(date)}
            From: Mail Delivery System <{report.Contact}>
            To: <{to}>
            Subject: Report Domain: {report.Domain}
            	Submitter: {report.Host}
            	Report-ID: <{report.Id}>
            Message-ID: <{id}@{report.Host}>
            TLS-Report-Domain: {report.Domain}
            TLS-Report-Submitter: {report.Host}
            Auto-Submitted: auto-generated
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type="tlsrpt";
            	boundary="{boundary}"

            This is a report in MIME format (RFC 8460).

            --{boundary}
            Content-Type: text/plain; charset=us-ascii

            How TLS from {report.Host} to {report.Domain} went on {report.Day:yyyy-MM-dd} (UTC).

            --{boundary}
            Content-Type: application/tlsrpt+gzip
            Content-Transfer-Encoding: base64
            Content-Disposition: attachment;
            	filename="{report.FileName}"

            {string.Join('\n', lines)}

            --{boundary}--

            """).ReplaceLineEndings("\r\n"));
    }
}
