// What remains of a message for one remote domain.
namespace MailFunctions.Mail;

/// <summary>Where a destination of a message stands.</summary>
public enum DestinationState
{
    /// <summary>Kept back by the operator or because relaying is off; nothing is attempted and no time runs.</summary>
    Held,

    /// <summary>Waiting for its next attempt, or claimed by a worker that makes one.</summary>
    Due,
}

/// <summary>What remains for one destination: a remote domain and the message's recipients there.</summary>
/// <param name="Name">The domain, as in the queue message.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Recipients">The recipients not yet finished.</param>
public sealed record LedgerDestination(string Name, DestinationState State, IReadOnlyList<LedgerRecipient> Recipients)
{
    /// <summary>Attempts that ended with at least one recipient to be tried again.</summary>
    public int Attempts { get; init; }

    /// <summary>Not to be tried before this time, UTC by the storage service's clock.</summary>
    public DateTimeOffset NextAttempt { get; init; }

    /// <summary>What went wrong last for the destination as a whole; null before the first failure.</summary>
    public DeliveryTrouble? LastTrouble { get; init; }

    /// <summary>Who is making an attempt, or was when he died; null if nobody.</summary>
    public DestinationClaim? Claim { get; init; }

    /// <summary>True once the sender's warning about the delay is recorded.</summary>
    public bool WarnedOfDelay { get; init; }

    /// <summary>When there is something to do here: at the expiry of the claim, or at the next attempt.</summary>
    public DateTimeOffset Next => Claim?.ExpiresAt ?? NextAttempt;
}

/// <summary>One recipient at a destination.</summary>
/// <param name="Address">Where the message goes.</param>
/// <param name="Original">The address that the client named in RCPT TO.</param>
/// <param name="LastTrouble">What was answered about this recipient last; null if the destination as a whole was in trouble, or nothing yet.</param>
public sealed record LedgerRecipient(EmailAddress Address, EmailAddress Original, DeliveryTrouble? LastTrouble = null)
{
    /// <summary>The events of which the sender wants to hear; null if he did not say.</summary>
    public Notify? Notify { get; init; }

    /// <summary>The recipient as the sender named him (ORCPT), or null if he did not say.</summary>
    public OriginalRecipient? Named { get; init; }
}

/// <summary>A worker's right to make an attempt, for as long as it lasts.</summary>
/// <param name="Holder">The worker's nonce, new for every attempt.</param>
/// <param name="ExpiresAt">Until when, UTC by the storage service's clock.</param>
public sealed record DestinationClaim(string Holder, DateTimeOffset ExpiresAt);

/// <summary>Why a recipient has not got the message.</summary>
/// <param name="Status">The enhanced status code (RFC 3463), like <c>4.4.1</c>.</param>
/// <param name="ReplyCode">The code of the peer's reply; null if the words are ours.</param>
/// <param name="Text">The peer's reply without its code, its lines joined by <see cref="LineBreak"/>, or our own words; cut at <see cref="MaxTextLength"/>.</param>
/// <param name="RemoteHost">The host that was spoken to or tried; null if there was none.</param>
/// <param name="At">When, UTC by the storage service's clock.</param>
public sealed record DeliveryTrouble(DeliveryStatus Status, int? ReplyCode, string Text, string? RemoteHost, DateTimeOffset At)
{
    /// <summary>The most characters of a text that are kept: peers can send as much as they like.</summary>
    public const int MaxTextLength = 500;

    /// <summary>Stands between the lines of a reply, which have no control characters themselves.</summary>
    public const string LineBreak = "\n";

    /// <summary>The words.</summary>
    public string Text { get; init; } = Text.Length <= MaxTextLength ? Text : Text[..MaxTextLength];
}
