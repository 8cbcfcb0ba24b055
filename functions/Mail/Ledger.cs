// The record of what remains to be done for a message after its local copies are stored.
namespace MailFunctions.Mail;

/// <summary>Where a destination of a message stands.</summary>
public enum DestinationState
{
    /// <summary>Kept back by the operator or because relaying is off; nothing is attempted and no time runs.</summary>
    Held,

    /// <summary>Waiting for its next attempt.</summary>
    Due,
}

/// <summary>What remains for one destination: a remote domain and the message's recipients there.</summary>
/// <param name="Name">The domain, as in the queue message.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Recipients">The recipients not yet finished.</param>
public sealed record LedgerDestination(string Name, DestinationState State, IReadOnlyList<EmailAddress> Recipients);

/// <summary>The ledger of one message. It exists only when something remains after the local copies; its deletion records the last success.</summary>
/// <param name="Id">The message.</param>
/// <param name="ReversePath">The sender, or null for the null reverse-path.</param>
/// <param name="Destinations">What remains, a row per destination.</param>
public sealed record Ledger(SpoolId Id, EmailAddress? ReversePath, IReadOnlyList<LedgerDestination> Destinations);
