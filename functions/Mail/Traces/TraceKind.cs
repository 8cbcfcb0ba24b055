// What can happen to a message, or to the process that tells.
namespace MailFunctions.Mail.Traces;

/// <summary>What an entry of the trace tells.</summary>
public enum TraceKind
{
    /// <summary>A gateway took a message and answered 250.</summary>
    Accepted,

    /// <summary>A gateway refused a sender, a recipient or a message.</summary>
    Refused,

    /// <summary>It was settled where the message goes.</summary>
    Routed,

    /// <summary>A copy is in a mailbox.</summary>
    Delivered,

    /// <summary>An attempt to hand it to another system ended, well or not.</summary>
    Attempted,

    /// <summary>A session with another system began, under TLS or not, or could not because of TLS.</summary>
    Connected,

    /// <summary>It waits for the next attempt.</summary>
    Deferred,

    /// <summary>A report about it was made: a message of its own.</summary>
    Reported,

    /// <summary>Nothing remains to be done for it.</summary>
    Finished,

    /// <summary>It cannot be processed and waits for the operator.</summary>
    Parked,

    /// <summary>A copy was read by its owner.</summary>
    Fetched,

    /// <summary>A copy was deleted by its owner.</summary>
    Deleted,

    /// <summary>What the process has used of storage since it told so last.</summary>
    Metered,

    /// <summary>Entries that could not be kept.</summary>
    Lost,
}
