// The part of a report that programs read.
using System.Globalization;
using System.Text;
using MailFunctions.Mail;

namespace MailFunctions.Mime;

/// <summary>The fields of message/delivery-status, in the order of the grammar in RFC 3464 2.2 and 2.3.</summary>
internal static class DeliveryStatusNotificationFields
{
    private const int MaxReplyLines = 32;

    /// <summary>The fields about the message.</summary>
    public static string OfMessage(DeliveryStatusNotification report)
    {
        var fields = new StringBuilder();
        AppendText(fields, "Original-Envelope-Id", "", report.EnvelopeId);
        fields.Append(CultureInfo.InvariantCulture, $"Reporting-MTA: dns; {report.Host}\r\n");
        AppendDate(fields, "Arrival-Date", report.ArrivedAt);
        return fields.ToString();
    }

    /// <summary>The empty line before a recipient, and the fields about him.</summary>
    public static string Of(DeliveryStatusNotificationRecipient recipient)
    {
        var fields = new StringBuilder("\r\n");
        if (recipient.Original is { } original)
            AppendText(fields, "Original-Recipient", $"{Atom(original.AddressType)}; ", original.Address);
        var final = OriginalRecipient.Of(recipient.Final);
        fields.Append(CultureInfo.InvariantCulture, $"Final-Recipient: {final.AddressType}; {ForeignText.Clean(final.Address)}\r\n");
        fields.Append(CultureInfo.InvariantCulture, $"Action: {recipient.Action.ToString().ToLowerInvariant()}\r\n");
        fields.Append(CultureInfo.InvariantCulture, $"Status: {recipient.Status}\r\n");
        if (recipient.RemoteHost is { } host)
            fields.Append(CultureInfo.InvariantCulture, $"Remote-MTA: dns; {host}\r\n");
        if (recipient.Reply is { } reply)
            AppendReply(fields, reply);
        else
            AppendText(fields, "Diagnostic-Code", "X-MailFunctions; ", recipient.Explanation);
        AppendDate(fields, "Last-Attempt-Date", recipient.LastAttemptAt);
        if (recipient.Action == DeliveryAction.Delayed) // RFC 3464 2.3.9
            AppendDate(fields, "Will-Retry-Until", recipient.RetriedUntil);
        return fields.ToString();
    }

    /// <summary>The lines of a reply as they came over the wire, cleaned and bounded; at least one.</summary>
    public static IEnumerable<string> LinesOf(QuotedReply reply)
    {
        var count = Math.Clamp(reply.Lines.Count, 1, MaxReplyLines);
        for (var i = 0; i < count; i++)
        {
            var text = i < reply.Lines.Count ? ForeignText.Clean(reply.Lines[i]) : "";
            yield return string.Create(CultureInfo.InvariantCulture, $"{reply.Code:000}{(i < count - 1 ? '-' : ' ')}{text}").TrimEnd(' ');
        }
    }

    // RFC 3464 2.3.6. Each line of the reply begins a line, with its code, so that their bounds can still be seen.
    private static void AppendReply(StringBuilder fields, QuotedReply reply)
    {
        fields.Append("Diagnostic-Code: smtp;");
        var column = "Diagnostic-Code: smtp; ".Length;
        foreach (var line in LinesOf(reply))
        {
            fields.Append(' ');
            ForeignText.AppendFolded(fields, column, line, " ");
            fields.Append("\r\n");
            column = 1;
        }
    }

    private static void AppendText(StringBuilder fields, string name, string prefix, string? text)
    {
        var clean = ForeignText.Clean(text ?? "");
        if (clean.Length == 0)
            return;
        var start = $"{name}: {prefix}";
        fields.Append(start);
        ForeignText.AppendFolded(fields, start.Length, clean, " ");
        fields.Append("\r\n");
    }

    private static void AppendDate(StringBuilder fields, string name, DateTimeOffset? time)
    {
        if (time is { } known)
            fields.Append(CultureInfo.InvariantCulture, $"{name}: {MailDate.Print(known)}\r\n");
    }

    // RFC 3461 4.2: an atom. Registered types have letters, digits and hyphens.
    private static string Atom(string type) => type.Length == 0
        ? "unknown"
        : string.Create(Math.Min(type.Length, 64), type, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsAsciiLetterOrDigit(source[i]) ? source[i] : '-';
        });
}
