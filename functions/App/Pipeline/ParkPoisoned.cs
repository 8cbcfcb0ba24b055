// Stage: gives work that ended in a poison queue another time later, and parks it at the tenth.
using System.Diagnostics;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mail.Traces;

namespace MailFunctions.App.Pipeline;

/// <summary>
/// Empties the poison queues, whose messages the platform would drop after seven days. Throws <see cref="StoreUnavailableException"/> when storage
/// cannot be reached: the message stays in the poison queue and comes again. Running twice for one message leaves a hint too many.
/// </summary>
internal sealed class ParkPoisoned(ISpool spool, IDueIndex due, IParked parked, IStoreClock storeClock, ITrace trace, ILogger<ParkPoisoned> log)
{
    private const int ParkedAt = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(15);

    /// <summary>Decides about one message that was poisoned in <paramref name="queue"/>.</summary>
    public async Task RunAsync(WorkQueue queue, ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
    {
        switch (WorkItem.Read(text.Span))
        {
            case WorkItemReading.Item(var work):
                await DecideAsync(queue, work, cancellationToken);
                break;
            case WorkItemReading.UnknownVersion(var version):
                log.UnknownWorkVersion(queue, version);
                break;
            case WorkItemReading.Unreadable(var reason):
                await parked.ParkTextAsync(queue, text, reason, cancellationToken);
                log.ParkedText(queue);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private async Task DecideAsync(WorkQueue queue, WorkItem work, CancellationToken cancellationToken)
    {
        var times = Math.Clamp(work.Poisoned, 0, ParkedAt - 1) + 1;
        if (times < ParkedAt)
        {
            await due.AddAsync(DueEntry.At(storeClock.UtcNow + Pause, work.Id, work.Destination, times), cancellationToken);
            log.Poisoned(work.Id, queue, times);
            return;
        }
        if (!await spool.ExistsAsync(work.Id, cancellationToken))
        {
            log.FinishedBefore(work.Id);
            return;
        }
        var reason = $"Failed {times} times as poison in queue {queue}.";
        await parked.ParkAsync(work.Id, reason, cancellationToken);
        trace.Note(new TraceEntry(TraceKind.Parked) { Id = work.Id, Reply = reason });
        log.Parked(work.Id, reason);
    }
}
