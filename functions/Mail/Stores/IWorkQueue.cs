// The queues that wake the functions.
namespace MailFunctions.Mail.Stores;

/// <summary>The queues, by what their messages ask for.</summary>
public enum WorkQueue
{
    /// <summary>Route a committed message.</summary>
    Accepted,

    /// <summary>Relay a message to one destination.</summary>
    Relay,
}

/// <summary>Hints to work. A queue message may be lost, doubled, late or poisoned; nothing depends on it.</summary>
public interface IWorkQueue
{
    /// <summary>Enqueues, to stay until taken, visible at once. A lost answer and a retry leave two messages, which is harmless.</summary>
    /// <exception cref="StoreUnavailableException">Storage could not be reached; the message may be there or not.</exception>
    Task EnqueueAsync(WorkQueue queue, WorkItem item, CancellationToken cancellationToken);

    /// <summary>For how long the oldest visible message has been waiting; zero for an empty queue.</summary>
    /// <exception cref="StoreUnavailableException">Storage could not be reached.</exception>
    Task<TimeSpan> OldestAgeAsync(WorkQueue queue, CancellationToken cancellationToken);

    /// <summary>About how many messages the queue holds.</summary>
    /// <exception cref="StoreUnavailableException">Storage could not be reached.</exception>
    Task<long> CountAsync(WorkQueue queue, CancellationToken cancellationToken);
}
