// What the sender of a message wants to hear of its local copies.
using MailFunctions.Mail;

namespace MailFunctions.App.Pipeline;

/// <summary>The successes that end here: recipients in mailboxes of ours, and addresses that stand for several. Every run finds the same ones.</summary>
internal static class LocalSuccess
{
    private static readonly DeliveryStatus Done = new(2, 0, 0);

    /// <summary>The rows of the report that is owed once the local copies are stored; none as a rule.</summary>
    /// <param name="envelope">The envelope.</param>
    /// <param name="now">The time, by the storage service's clock.</param>
    public static IReadOnlyList<ReportedRecipient> Of(Envelope envelope, DateTimeOffset now)
    {
        var asking = envelope.Recipients
            .Where(to => ReportPolicy.Decide(ReportKind.Delivered, envelope.ReversePath, envelope.Origin, to.Notify) is not ReportAddressee.Nobody)
            .ToList();
        return
        [
            .. asking.Where(to => IsExpanded(envelope, to)).DistinctBy(to => to.Original).Select(to => Row(to, to.Original, SuccessAction.Expanded, now)),
            .. asking.Where(to => to.IsLocal && !IsExpanded(envelope, to)).Select(to => Row(to, to.Target, SuccessAction.Delivered, now)),
        ];
    }

    /// <summary>Whether the address that the client named stands for several targets.</summary>
    public static bool IsExpanded(Envelope envelope, Recipient recipient) =>
        envelope.Recipients.Count(to => to.Original == recipient.Original) > 1;

    private static ReportedRecipient Row(Recipient to, EmailAddress final, SuccessAction success, DateTimeOffset now) =>
        new(final, to.Original, new DeliveryTrouble(Done, null, "", null, now)) { Named = to.Named, Success = success };
}
