// The part of a report that people read.
using System.Globalization;
using System.Text;
using MailFunctions.Mail;

namespace MailFunctions.Mime;

/// <summary>What happened to which address, the remote server's own words, and what happens next or is to be done.</summary>
internal static class DeliveryStatusNotificationText
{
    private const string Indent = "    ";
    private const string QuoteIndent = "        ";

    /// <summary>Who writes, and what it is about.</summary>
    public static string Opening(DeliveryStatusNotification report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"This is the mail system at {report.Host}.\r\n\r\n");
        text.Append((report.Kind, report.MessageOrigin) switch
        {
            (ReportKind.Failed, not MessageOrigin.Client) =>
                "A delivery report that this system sent could not be delivered itself. Only\r\n"
                + "you, the postmaster, are told.\r\n",
            (ReportKind.Failed, _) =>
                "Your message could not be delivered to the recipients named below, and it is\r\n"
                + "not tried again for them.\r\n",
            (ReportKind.Delayed, _) =>
                "THIS IS A WARNING ONLY. You need not do anything, and need not send your\r\n"
                + "message again.\r\n\r\n"
                + "Your message could not be delivered yet to the recipients named below. This\r\n"
                + "system keeps trying, and tells you if it has to give up.\r\n",
            _ => "Your message was delivered or passed on, as you wished to hear, to the recipients\r\n"
                + "named below.\r\n",
        });
        return text.Append("\r\n").ToString();
    }

    /// <summary>One recipient, with an empty line behind.</summary>
    public static string Of(DeliveryStatusNotificationRecipient recipient)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"<{OriginalRecipient.Of(recipient.Final).Address}>\r\n");
        if (recipient.Original is { } original && !original.Address.Equals(OriginalRecipient.Of(recipient.Final).Address, StringComparison.OrdinalIgnoreCase))
            AppendParagraph(text, $"You wrote to {ForeignText.Clean(original.Address)}, and this is where mail for it goes.");
        if (recipient.Reply is { } reply)
            AppendReply(text, recipient, reply);
        else if (ForeignText.Clean(recipient.Explanation ?? "") is { Length: > 0 } explanation)
            AppendParagraph(text, recipient.RemoteHost is null ? $"{explanation}" : $"{Server(recipient)}: {explanation}");
        AppendParagraph(text, DeliveryAdvice.For(recipient));
        return text.Append("\r\n").ToString();
    }

    /// <summary>What comes with the report, and whom to ask.</summary>
    public static string Closing(DeliveryStatusNotification report) =>
        (report.Returned.IsWhole ? "The message is attached.\r\n" : "The header of the message is attached.\r\n")
        + $"If you need help, write to postmaster@{report.Host}\r\nand name the message {report.OriginalId}.\r\n";

    private static void AppendReply(StringBuilder text, DeliveryStatusNotificationRecipient recipient, QuotedReply reply)
    {
        AppendParagraph(text, $"{Server(recipient)} answered:");
        text.Append("\r\n");
        foreach (var line in DeliveryStatusNotificationFields.LinesOf(reply))
        {
            text.Append(QuoteIndent);
            ForeignText.AppendFolded(text, QuoteIndent.Length, line, QuoteIndent + "  ");
            text.Append("\r\n");
        }
        text.Append("\r\n");
    }

    private static string Server(DeliveryStatusNotificationRecipient recipient) => (recipient.RemoteHost, recipient.RemoteAddress) switch
    {
        (null, null) => "The other mail server",
        (null, { } address) => $"The mail server [{address}]",
        ({ } host, null) => $"The mail server {host}",
        ({ } host, { } address) => $"The mail server {host} [{address}]",
    };

    private static void AppendParagraph(StringBuilder text, string paragraph)
    {
        text.Append(Indent);
        ForeignText.AppendFolded(text, Indent.Length, paragraph, Indent);
        text.Append("\r\n");
    }
}
