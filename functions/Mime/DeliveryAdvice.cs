// Says in a sentence what a recipient's status means for the sender.
using MailFunctions.Mail;

namespace MailFunctions.Mime;

/// <summary>What happens next, or what the sender can do, by action and status code (RFC 3463, RFC 7505).</summary>
internal static class DeliveryAdvice
{
    /// <summary>The advice for one recipient.</summary>
    public static string For(DeliveryStatusNotificationRecipient recipient) => recipient.Action switch
    {
        DeliveryAction.Failed => ForFailure(recipient.Status),
        DeliveryAction.Delayed when recipient.RetriedUntil is { } end => $"You need not do anything. Delivery is tried until {MailDate.Speak(end)}.",
        DeliveryAction.Delayed => "You need not do anything. Delivery is tried again.",
        DeliveryAction.Delivered => "The message is in the mailbox.",
        DeliveryAction.Relayed => $"The message was handed to {recipient.RemoteHost?.Text ?? "another mail system"}, which sends no such reports.",
        DeliveryAction.Expanded => "The address stands for several recipients. The message goes to each of them, of which nothing more is reported.",
        _ => throw new InvalidOperationException($"There is no action {recipient.Action}."),
    };

    private static string ForFailure(DeliveryStatus status) => (status.Subject, status.Detail) switch
    {
        (1, 2) or (4, 4) => "There seems to be no such mail domain. Check what stands behind the @, and send the message again.",
        (1, 10) => "This domain takes no mail. Check what stands behind the @, or reach the recipient by other means.",
        (1, 7 or 8) => "The other system does not accept your own address as a sender's. Check it in your mail program's settings.",
        (1, _) => "There seems to be no such address. Check its spelling, and send the message again.",
        (2, 2) => "The mailbox is full. Send the message again later, or reach the recipient by other means.",
        (2, 3) or (3, 4) => "The message is too big for the other system. Send it again with fewer or smaller attachments.",
        (2, _) => "The mailbox cannot take mail now. Reach the recipient by other means.",
        (4, 6) => "The recipient's mail is forwarded in a circle. Tell the recipient, by other means.",
        (4, _) => "The other system could not be reached, or did not take the message in time. You may send it again later.",
        (7, _) => "The other system refused the message by its rules. If its words do not say why, ask its postmaster.",
        _ => $"The message was not accepted (status {status}). If no words above say why, ask the other system's postmaster.",
    };
}
