// What came of one attempt for one recipient.
namespace MailFunctions.Mail;

/// <summary>How an attempt ended for a recipient: delivered, to be tried later, failed for good, or nobody knows.</summary>
public abstract record Outcome
{
    private Outcome(DeliveryStatus status, string text, string? remoteHost, RemoteReply? reply)
    {
        Status = status;
        Text = text;
        RemoteHost = remoteHost;
        Reply = reply;
    }

    /// <summary>The enhanced status, from the reply or, where there is none, from what happened.</summary>
    public DeliveryStatus Status { get; }

    /// <summary>What happened, on one line, without control characters: the other server's reply, or our own words.</summary>
    public string Text { get; }

    /// <summary>The server that was spoken to, or null if it did not come to that.</summary>
    public string? RemoteHost { get; }

    /// <summary>The other server's reply, or null if the outcome is our own finding.</summary>
    public RemoteReply? Reply { get; }

    /// <summary>The other server has taken the message over for this recipient.</summary>
    public sealed record Delivered(DeliveryStatus Status, string Text, string? RemoteHost, RemoteReply? Reply)
        : Outcome(Status, Text, RemoteHost, Reply)
    {
        /// <summary>True if it has promised to send the reports that were asked for (RFC 3461 5.2.1): we need not.</summary>
        public bool ReportsItself { get; init; }
    }

    /// <summary>It has not, and the same may succeed later.</summary>
    public sealed record TryLater(DeliveryStatus Status, string Text, string? RemoteHost, RemoteReply? Reply)
        : Outcome(Status, Text, RemoteHost, Reply);

    /// <summary>It has not, and never will.</summary>
    public sealed record Failed(DeliveryStatus Status, string Text, string? RemoteHost, RemoteReply? Reply)
        : Outcome(Status, Text, RemoteHost, Reply);

    /// <summary>
    /// The end of the message was sent and no reply came: it may have been delivered or not (RFC 1047). To be tried again, since a copy too many is
    /// better than a message lost.
    /// </summary>
    public sealed record Unknown(DeliveryStatus Status, string Text, string? RemoteHost)
        : Outcome(Status, Text, RemoteHost, null);
}
