// What remains of a message after its local copies: its recipients at other domains.
using MailFunctions.Mail;

namespace MailFunctions.App.Pipeline;

/// <summary>Makes the ledger's rows from an envelope. Every run makes the same ones.</summary>
internal static class RemoteDestinations
{
    /// <summary>
    /// One row per remote domain, in the order in which the domains were named. All are held: no mail leaves for other domains yet.
    /// </summary>
    public static IReadOnlyList<LedgerDestination> Of(Envelope envelope) =>
    [
        .. envelope.Recipients
            .Where(recipient => !recipient.IsLocal)
            .DistinctBy(recipient => recipient.Target)
            .Select(recipient => new LedgerRecipient(recipient.Target, recipient.Original))
            .GroupBy(recipient => recipient.Address.Domain)
            .Select(domain => new LedgerDestination(domain.Key.Text, DestinationState.Held, [.. domain])),
    ];
}
