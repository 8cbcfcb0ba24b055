// What is known of a message's recipients before anything of it leaves, and is to be told to its sender.
using MailFunctions.Mail;

namespace MailFunctions.App.Pipeline;

/// <summary>
/// Recipients in mailboxes of ours, addresses that stand for several, and recipients to whom the message came in a circle. Every run finds the same ones.
/// </summary>
internal static class KnownOutcomes
{
    private static readonly DeliveryStatus Done = new(2, 0, 0);
    private static readonly DeliveryStatus Loop = new(5, 4, 6);

    /// <summary>The ledger, owing the reports that somebody is to get once the local copies are stored; none as a rule.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="envelope">The envelope.</param>
    /// <param name="now">The time, by the storage service's clock.</param>
    public static Ledger Owe(Ledger ledger, Envelope envelope, DateTimeOffset now)
    {
        var successes = Successes(envelope, now);
        if (successes.Count > 0)
            ledger = ledger.Owing(ReportKind.Delivered, now, successes);
        var loops = Asking(envelope, ReportKind.Failed).Where(to => to.Loops)
            .Select(to => Row(to, to.Target, new DeliveryTrouble(Loop, null, "the message has been delivered to this address before", null, now))).ToList();
        return loops.Count > 0 ? ledger.Owing(ReportKind.Failed, now, loops) : ledger;
    }

    /// <summary>Whether the address that the client named stands for several targets.</summary>
    public static bool IsExpanded(Envelope envelope, Recipient recipient) =>
        envelope.Recipients.Count(to => to.Original == recipient.Original) > 1;

    private static List<ReportedRecipient> Successes(Envelope envelope, DateTimeOffset now)
    {
        var trouble = new DeliveryTrouble(Done, null, "", null, now);
        var asking = Asking(envelope, ReportKind.Delivered).Where(to => !to.Loops).ToList();
        return
        [
            .. asking.Where(to => IsExpanded(envelope, to)).DistinctBy(to => to.Original)
                .Select(to => Row(to, to.Original, trouble) with { Success = SuccessAction.Expanded }),
            .. asking.Where(to => to.IsLocal && !IsExpanded(envelope, to)).Select(to => Row(to, to.Target, trouble) with { Success = SuccessAction.Delivered }),
        ];
    }

    private static IEnumerable<Recipient> Asking(Envelope envelope, ReportKind kind) => envelope.Recipients
        .Where(to => ReportPolicy.Decide(kind, envelope.ReversePath, envelope.Origin, to.Notify) is not ReportAddressee.Nobody);

    private static ReportedRecipient Row(Recipient to, EmailAddress final, DeliveryTrouble trouble) => new(final, to.Original, trouble) { Named = to.Named };
}
