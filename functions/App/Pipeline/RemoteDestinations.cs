// What remains of a message after its local copies: its recipients at other domains.
using MailFunctions.Mail;

namespace MailFunctions.App.Pipeline;

/// <summary>Makes the ledger's rows from an envelope. Every run makes the same ones.</summary>
internal static class RemoteDestinations
{
    /// <summary>One row per remote domain, in the order in which the domains were named.</summary>
    /// <param name="envelope">The envelope.</param>
    /// <param name="state">The state in which they begin.</param>
    /// <param name="storedAt">When the message was committed: the first attempt is due from then on.</param>
    public static IReadOnlyList<LedgerDestination> Of(Envelope envelope, DestinationState state, DateTimeOffset storedAt) =>
    [
        .. envelope.Recipients
            .Where(recipient => !recipient.IsLocal)
            .DistinctBy(recipient => recipient.Target)
            .Select(recipient => new LedgerRecipient(recipient.Target, recipient.Original) { Notify = NotifyOf(envelope, recipient), Named = recipient.Named })
            .GroupBy(recipient => recipient.Address.Domain)
            .Select(domain => new LedgerDestination(domain.Key.Text, state, [.. domain]) { NextAttempt = storedAt }),
    ];

    // RFC 3461 5.2.7.3: where an address stands for several, its success has been told when the message is on its way to all of them.
    private static Notify? NotifyOf(Envelope envelope, Recipient recipient) =>
        LocalSuccess.IsExpanded(envelope, recipient) ? recipient.Notify & ~Notify.Success : recipient.Notify;
}
