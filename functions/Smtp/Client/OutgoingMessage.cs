// What one transaction sends, and to whom.
using MailFunctions.Mail;

namespace MailFunctions.Smtp.Client;

/// <summary>Reads the next octets of content; 0 at the end. The same contract as a spooled message's.</summary>
/// <param name="buffer">Where they go; not empty.</param>
/// <param name="cancellationToken">Ends the wait.</param>
public delegate ValueTask<int> ReadContent(Memory<byte> buffer, CancellationToken cancellationToken);

/// <summary>How content is sent.</summary>
public enum ContentTransfer
{
    /// <summary>DATA: lines, ended by a dot.</summary>
    Lines,

    /// <summary>BDAT where it is offered, else DATA. The content has to be of lines all the same.</summary>
    Chunks,
}

/// <summary>A recipient of a transaction. What concerns reports is left out where the server does not offer DSN.</summary>
/// <param name="Address">The forward-path.</param>
public sealed record OutgoingRecipient(EmailAddress Address)
{
    /// <summary>When reports are asked for, or null to leave that to the server.</summary>
    public Notify? Notify { get; init; }

    /// <summary>The recipient as the sender named him (ORCPT), or null.</summary>
    public OriginalRecipient? Original { get; init; }
}

/// <summary>A message as one transaction sends it.</summary>
public sealed record OutgoingMessage
{
    /// <summary>The sender, or null for the null reverse-path.</summary>
    public required EmailAddress? ReversePath { get; init; }

    /// <summary>The recipients: at least one, at most <see cref="SmtpConnection.MaxRecipients"/>.</summary>
    public required IReadOnlyList<OutgoingRecipient> Recipients { get; init; }

    /// <summary>The content, read once from front to end, and not before the server wants it.</summary>
    public required ReadContent Content { get; init; }

    /// <summary>How many octets <see cref="Content"/> gives; if it gives more or fewer, the message is not sent.</summary>
    public required long Length { get; init; }

    /// <summary>True if the content was declared to have octets above 127 (RFC 6152). Without it such octets are sent undeclared.</summary>
    public bool EightBit { get; init; }

    /// <summary>True if the header has UTF-8 (RFC 6531).</summary>
    public bool Utf8 { get; init; }

    /// <summary>What a report is to give back, or null.</summary>
    public ReturnRequest? Return { get; init; }

    /// <summary>The sender's name for this transaction in reports (ENVID), printable ASCII, or null.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>How the content is sent.</summary>
    public ContentTransfer Transfer { get; init; }
}
