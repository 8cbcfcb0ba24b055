// Stage: enqueues what is due to be tried again.
using System.Runtime.CompilerServices;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.App.Pipeline;

/// <summary>
/// One tick: lists what is due, enqueues it, and only then removes the entries, so that a tick cut off anywhere loses nothing. Throws
/// <see cref="StoreUnavailableException"/> when storage cannot be reached; the next tick goes on with what is left.
/// </summary>
internal sealed class RetryDeferred(IDueIndex due, IWorkQueue queue, TimeProvider time, ILogger<RetryDeferred> log)
{
    /// <summary>How many entries are worked on at the same time.</summary>
    internal const int AtOnce = 32;

    /// <summary>How long one tick works.</summary>
    internal static readonly TimeSpan MaxWork = TimeSpan.FromSeconds(50);

    private const long MaxRelayBacklog = 5_000;

    private static readonly TimeSpan Lateness = TimeSpan.FromMinutes(15);

    /// <summary>Enqueues all that is due, or as much as time and the relay's backlog allow.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var enqueued = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(DueWithinLimitsAsync(cancellationToken), parallel, async (entry, cancel) =>
        {
            var work = new WorkItem { Id = entry.Id, Destination = entry.Destination, Poisoned = entry.Poisoned };
            await queue.EnqueueAsync(QueueFor(entry), work, cancel);
            await due.DeleteAsync(entry, cancel);
            log.Retried(entry.Id, QueueFor(entry), entry.Poisoned);
            Interlocked.Increment(ref enqueued);
        });
        PipelineMetrics.Due(enqueued);
    }

    private async IAsyncEnumerable<DueEntry> DueWithinLimitsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var budget = new TimeBudget(time, MaxWork);
        long? backlog = null;
        var isFirst = true;
        await foreach (var entry in due.ListDueAsync(cancellationToken))
        {
            if (isFirst && time.GetUtcNow() - entry.Time is var late && late > Lateness) // the list begins with the oldest
                log.RetryLate(entry.Id, late);
            isFirst = false;
            if (budget.IsSpent)
            {
                log.RetryOutOfTime();
                yield break;
            }
            if (QueueFor(entry) == WorkQueue.Relay)
            {
                // Counted when first needed, so that an idle tick costs one list call; then by addition until that says too many.
                if (backlog is null or >= MaxRelayBacklog)
                    backlog = await queue.CountAsync(WorkQueue.Relay, cancellationToken);
                if (backlog > MaxRelayBacklog)
                {
                    log.RelayBacklog(backlog.Value);
                    yield break;
                }
                backlog++;
            }
            yield return entry;
        }
    }

    private static WorkQueue QueueFor(DueEntry entry) => entry.Destination is null ? WorkQueue.Accepted : WorkQueue.Relay;
}
