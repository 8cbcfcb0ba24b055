// Stage: finds committed messages that no queue message leads to any more.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using MailFunctions.App.Pipeline.Relaying;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.App.Pipeline;

/// <summary>
/// One tick of the sweep: compares spool and ledger by their listings alone, enqueues what is idle, and removes what is left of finished messages.
/// Two sweeps at once do no harm. Throws <see cref="StoreUnavailableException"/> when storage cannot be reached; a later tick makes up for it.
/// </summary>
internal sealed class SweepSpool(
    ISpool spool, ILedger ledger, IParked parked, IWorkQueue queue, IStoreClock storeClock, LateMail lateMail,
    AppOptions options, TimeProvider time, ILogger<SweepSpool> log)
{
    private const int AtOnce = 16;

    private static readonly TimeSpan MaxWork = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan MaxLateMail = TimeSpan.FromMinutes(1); // of its own, so that a long sweep does not take it all
    private static readonly TimeSpan OrphanAge = TimeSpan.FromDays(1);
    private static readonly TimeSpan EmptyMarkAge = TimeSpan.FromDays(7);

    /// <summary>Sweeps once.</summary>
    /// <param name="last">When the tick before this one was, by this machine's clock, if the platform knows.</param>
    /// <param name="cancellationToken">Ends the sweep wherever it is.</param>
    public async Task RunAsync(DateTimeOffset? last, CancellationToken cancellationToken)
    {
        var tick = new SweepTick(time.GetUtcNow(), last, storeClock.UtcNow);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(HintsAsync(tick, cancellationToken), parallel, async (hint, cancel) =>
        {
            await queue.EnqueueAsync(hint.Queue, hint.Work, cancel);
            log.EnqueuedIdle(hint.Work.Id, hint.Queue);
            PipelineMetrics.Idle(hint.Queue);
        });
        if (tick.IsHourly)
            await lateMail.MoveAsync(new TimeBudget(time, MaxLateMail), cancellationToken);
    }

    private async IAsyncEnumerable<Hint> HintsAsync(SweepTick tick, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var accepted = new HintValve(queue, WorkQueue.Accepted);
        var relay = new HintValve(queue, WorkQueue.Relay);
        HashSet<string>? parkedNames = null;
        await foreach (var (row, sinceLook) in RowsAsync(tick, cancellationToken))
        {
            var finding = Judge(row, sinceLook);
            if (finding == Finding.None)
                continue;
            parkedNames ??= await ParkedNamesAsync(cancellationToken);
            if (parkedNames.Contains(row.Id.Text))
                continue;

            switch (finding)
            {
                case Finding.IdleRoute:
                    if (await accepted.TakesHintAsync(cancellationToken))
                        yield return new Hint(WorkQueue.Accepted, new WorkItem { Id = row.Id });
                    break;
                case Finding.IdleRelay:
                    if (await relay.TakesHintAsync(cancellationToken))
                    {
                        foreach (var destination in await OpenDestinationsAsync(row.Id, cancellationToken))
                            yield return new Hint(WorkQueue.Relay, new WorkItem { Id = row.Id, Destination = destination });
                    }
                    break;
                case Finding.OrphanedLedger:
                    await DeleteOrphanAsync(row.Id, cancellationToken);
                    break;
                case Finding.OldMark:
                    await spool.DeleteAsync(row.Id, cancellationToken);
                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }

    // The rows that this tick looks at, each with the time since the last look at it. A look at everything that does not end in half of its time spends
    // the other half from another place each hour, so that with however many messages each has its turn.
    private async IAsyncEnumerable<(SweepRow Row, TimeSpan? SinceLook)> RowsAsync(SweepTick tick, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var all = new TimeBudget(time, MaxWork);
        var first = tick.IsHourly ? new TimeBudget(time, MaxWork / 2) : all;
        SpoolId? reached = null;
        await foreach (var row in RowsUnderAsync(tick.Prefixes, cancellationToken))
        {
            if (first.IsSpent)
            {
                reached = row.Id;
                break;
            }
            yield return (row, tick.SinceLastLookAt(row.Id));
        }
        if (reached is not { } stop)
            yield break;
        log.SweepOutOfTime(stop);
        if (!tick.IsHourly)
            yield break;
        await foreach (var row in RowsUnderAsync(tick.PrefixesAfter(stop), cancellationToken))
        {
            if (all.IsSpent)
                yield break;
            yield return (row, null); // nobody knows when somebody looked here
        }
    }

    private async IAsyncEnumerable<SweepRow> RowsUnderAsync(IReadOnlyList<string> prefixes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var prefix in prefixes)
        {
            var rows = SpoolLedgerMerge.MergeAsync(
                spool.ListAsync(prefix, cancellationToken), ledger.ListAsync(prefix, cancellationToken), cancellationToken);
            await foreach (var row in rows)
                yield return row;
        }
    }

    private Finding Judge(SweepRow row, TimeSpan? sinceLook)
    {
        var now = storeClock.UtcNow;
        bool IsIdleSince(DateTimeOffset from) => IdleSchedule.IsDue(now - from, sinceLook, options.SweepAge);

        return row switch
        {
            { Spool: null or { Length: 0 }, Ledger: { } orphan } => now - orphan.ChangedAt > OrphanAge ? Finding.OrphanedLedger : Finding.None,
            { Ledger.Next: { } next } => IsIdleSince(next) ? Finding.IdleRelay : Finding.None,
            { Ledger: not null } => Finding.None, // held
            { Spool: { Length: 0 } mark } => now - mark.StoredAt > EmptyMarkAge ? Finding.OldMark : Finding.None,
            { Spool: { } message } => IsIdleSince(message.StoredAt) ? Finding.IdleRoute : Finding.None,
            _ => Finding.None,
        };
    }

    private async Task<HashSet<string>> ParkedNamesAsync(CancellationToken cancellationToken)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var name in parked.ListAsync(cancellationToken))
            names.Add(name);
        return names;
    }

    private async Task<IEnumerable<string>> OpenDestinationsAsync(SpoolId id, CancellationToken cancellationToken)
    {
        switch (await ledger.ReadAsync(id, cancellationToken))
        {
            case LedgerReading.Found(var found, _):
                return OpenWork.Of(found, storeClock.UtcNow);
            case LedgerReading.UnknownVersion(var version):
                log.UnknownLedgerVersion(id, version);
                return [];
            case LedgerReading.Damaged(var reason):
                await parked.ParkAsync(id, $"The ledger is damaged: {reason}", cancellationToken);
                log.Parked(id, $"The ledger is damaged: {reason}");
                return [];
            default:
                return []; // finished meanwhile
        }
    }

    // The listings may be minutes old, so both are asked again, the spool last: a message that is in the spool is not finished.
    private async Task DeleteOrphanAsync(SpoolId id, CancellationToken cancellationToken)
    {
        switch (await ledger.ReadAsync(id, cancellationToken))
        {
            case LedgerReading.Missing:
                return;
            case LedgerReading.UnknownVersion(var version):
                log.UnknownLedgerVersion(id, version);
                return;
        }
        if (await spool.ExistsAsync(id, cancellationToken))
            return;
        await ledger.DeleteAsync(id, cancellationToken);
        log.DeletedOrphan(id);
    }

    private readonly record struct Hint(WorkQueue Queue, WorkItem Work);

    private enum Finding
    {
        None,
        IdleRoute,
        IdleRelay,
        OrphanedLedger,
        OldMark,
    }
}
