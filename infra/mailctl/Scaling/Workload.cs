// What is asked of a deployment: the one argument of the model.
namespace MailFunctions.Mailctl.Scaling;

/// <summary>The mail of a busy second, which is what limits are met by.</summary>
internal sealed record Workload
{
    /// <summary>Messages that come in.</summary>
    public double MessagesPerSecond { get; init; }

    /// <summary>Mailboxes that a local message is for.</summary>
    public double Recipients { get; init; } = 1;

    /// <summary>The share that leaves for one other domain each; the rest is local.</summary>
    public double Relayed { get; init; } = 0.2;

    /// <summary>How often a relayed message is tried in vain, on average.</summary>
    public double InVain { get; init; } = 0.5;

    /// <summary>Messages that wait for sites that are down, for hours already.</summary>
    public double Waiting { get; init; }

    /// <summary>The length of a message, in KB.</summary>
    public double Kilobytes { get; init; } = 75;

    /// <summary>POP3 sessions for each copy that is delivered; if there is one, the copy is read once and deleted.</summary>
    public double Fetches { get; init; } = 1;

    /// <summary>Messages in a mailbox, all of which are listed at each session.</summary>
    public double MailboxMessages { get; init; } = 100;

    /// <summary>Milliseconds that one call to storage takes. Assumed, not measured.</summary>
    public double CallMilliseconds { get; init; } = 10;

    /// <summary>Milliseconds that another server takes for a message. Assumed, not measured.</summary>
    public double DeliveryMilliseconds { get; init; } = 1_000;

    /// <summary>Whether the account is in a region with the larger limits.</summary>
    public bool IsInLargeRegion { get; init; }
}
