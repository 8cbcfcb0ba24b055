// One recipient in a report: what was done for him, and why.
using System.Net;
using MailFunctions.Mail;

namespace MailFunctions.Mime;

/// <summary>
/// A row of a report (RFC 3464 2.3). Its texts may hold anything: what is not printable ASCII becomes a question mark when it is written.
/// </summary>
public sealed record DeliveryStatusNotificationRecipient
{
    /// <summary>
    /// The recipient as the sender knows him: ORCPT, or the address in RCPT (RFC 3461 5.2.1 lets us take it for ORCPT). Null leaves the field out.
    /// </summary>
    public OriginalRecipient? Original { get; init; }

    /// <summary>
    /// The address to which delivery was attempted. Whoever keeps forwards private names the address in RCPT here as well (RFC 3464 4.2).
    /// </summary>
    public required EmailAddress Final { get; init; }

    /// <summary>What was done.</summary>
    public required DeliveryAction Action { get; init; }

    /// <summary>The status, with the class that fits the action.</summary>
    public required DeliveryStatus Status { get; init; }

    /// <summary>The server that answered, or that could not be reached, or null if there was none.</summary>
    public DomainName? RemoteHost { get; init; }

    /// <summary>Its address, for the text that people read.</summary>
    public IPAddress? RemoteAddress { get; init; }

    /// <summary>What that server answered, or null if it did not.</summary>
    public QuotedReply? Reply { get; init; }

    /// <summary>What happened, in our own words, where no reply tells it: <c>the connection timed out</c>.</summary>
    public string? Explanation { get; init; }

    /// <summary>When delivery was last attempted.</summary>
    public DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>Until when delivery is attempted; for delays only.</summary>
    public DateTimeOffset? RetriedUntil { get; init; }
}

/// <summary>A reply of a remote server.</summary>
/// <param name="Code">The three-digit code.</param>
/// <param name="Lines">The text of each line behind the code and its hyphen or space.</param>
public sealed record QuotedReply(int Code, IReadOnlyList<string> Lines);
