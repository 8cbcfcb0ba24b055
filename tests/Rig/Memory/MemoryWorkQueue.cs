// The work queues in memory.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Rig.Memory;

/// <summary>Keeps what is enqueued until a test takes it.</summary>
public sealed class MemoryWorkQueue(StoreFaults faults) : IWorkQueue
{
    private readonly Lock _lock = new();
    private readonly List<(WorkQueue Queue, WorkItem Item)> _items = [];

    /// <summary>What the age of the oldest message is said to be.</summary>
    public TimeSpan OldestAge { get; set; }

    /// <summary>Messages that are there besides those enqueued here.</summary>
    public long Others { get; set; }

    /// <summary>What was enqueued and not taken, in order.</summary>
    public IReadOnlyList<WorkItem> Items(WorkQueue queue)
    {
        lock (_lock)
            return [.. _items.Where(entry => entry.Queue == queue).Select(entry => entry.Item)];
    }

    /// <summary>Takes the first message of either queue out, as a host does; null if there is none.</summary>
    public (WorkQueue Queue, WorkItem Item)? TryTake()
    {
        lock (_lock)
        {
            if (_items.Count == 0)
                return null;
            var first = _items[0];
            _items.RemoveAt(0);
            return first;
        }
    }

    /// <summary>Gives a message back whose work failed.</summary>
    public void GiveBack(WorkQueue queue, WorkItem item)
    {
        lock (_lock)
            _items.Add((queue, item));
    }

    /// <summary>Empties the queues.</summary>
    public void Clear()
    {
        lock (_lock)
            _items.Clear();
    }

    public Task EnqueueAsync(WorkQueue queue, WorkItem item, CancellationToken cancellationToken) => faults.CallAsync(
        "Queue.Enqueue",
        () =>
        {
            lock (_lock)
                _items.Add((queue, item));
        },
        cancellationToken);

    public Task<TimeSpan> OldestAgeAsync(WorkQueue queue, CancellationToken cancellationToken) =>
        faults.CallAsync("Queue.OldestAge", () => OldestAge, cancellationToken);

    public Task<long> CountAsync(WorkQueue queue, CancellationToken cancellationToken) =>
        faults.CallAsync("Queue.Count", () => Others + Items(queue).Count, cancellationToken);
}
