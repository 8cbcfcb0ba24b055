// The SMTP envelope of a spooled message: everything that is known about it besides its content.
namespace MailFunctions.Mail;

/// <summary>Everything that travels with a message's content: reverse-path, final recipients, and how it came to us.</summary>
public sealed record Envelope
{
    /// <summary>The version of spool blobs that this program writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The message's name.</summary>
    public required SpoolId Id { get; init; }

    /// <summary>The sender that bounces go to, or null for the null reverse-path <c>&lt;&gt;</c> (RFC 5321 4.5.5).</summary>
    public required EmailAddress? ReversePath { get; init; }

    /// <summary>
    /// The reverse-path under which the message goes to <see cref="Recipient.IsForwarded">forwarded</see> recipients (<see cref="Srs"/>), or null where
    /// that is <see cref="ReversePath"/> too.
    /// </summary>
    public EmailAddress? ForwardSender { get; init; }

    /// <summary>The final targets, without repetitions, in the order in which they were named.</summary>
    public required IReadOnlyList<Recipient> Recipients { get; init; }

    /// <summary>Who made the message.</summary>
    public MessageOrigin Origin { get; init; }

    /// <summary>
    /// Whether a try to store the message may still be under way, since it was never answered and had to be repeated: when it takes effect the message
    /// may be finished. Known only of what is read from the spool.
    /// </summary>
    public bool MayComeAgain { get; init; }

    /// <summary>
    /// Whether the end of the message leaves an empty mark in the spool (<see cref="Stores.ISpool.LeaveMarkAsync"/>), which keeps it from coming again: a
    /// report may be made again by a worker that is late.
    /// </summary>
    public bool LeavesMark => MayComeAgain || Origin != MessageOrigin.Client;

    /// <summary>True if the client declared BODY=8BITMIME (RFC 6152).</summary>
    public bool EightBitMime { get; init; }

    /// <summary>
    /// True if the sender or the header has UTF-8 and the client declared it (RFC 6531): only servers that know it may have the message. A recipient's
    /// own address is another matter, his alone.
    /// </summary>
    public bool SmtpUtf8 { get; init; }

    /// <summary>How much a report is to give back (RET), or null if the client did not say.</summary>
    public ReturnRequest? Return { get; init; }

    /// <summary>The sender's name for this transaction in reports (ENVID), decoded, or null.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>The account that submitted the message, or null if it came from outside.</summary>
    public EmailAddress? Login { get; init; }

    /// <summary>The client's network address as text, or null where the gateway cannot see it.</summary>
    public string? ClientAddress { get; init; }

    /// <summary>The name that the client gave in EHLO or HELO.</summary>
    public required string Helo { get; init; }

    /// <summary>When the message's data had arrived, UTC, by the gateway's clock.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }
}
