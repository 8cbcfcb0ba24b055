// Changes one message's ledger as an operator wants it, beside the workers who change it too.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Queue;

/// <summary>What is to become of a destination.</summary>
internal abstract record RowDecision
{
    private RowDecision()
    {
    }

    /// <summary>It is as it should be.</summary>
    public sealed record Keep : RowDecision;

    /// <summary>This takes its place; without recipients, nothing does.</summary>
    public sealed record Replace(LedgerDestination Row) : RowDecision;

    /// <summary>It cannot be changed so, and why.</summary>
    public sealed record Refuse(string Why) : RowDecision;
}

/// <summary>A kind of change.</summary>
/// <param name="Action">What was done, as the report tells it.</param>
/// <param name="Decide">Decides about one destination, at a time by the storage service's clock. It is not asked about one under a live claim.</param>
internal sealed record RowChange(string Action, Func<LedgerDestination, DateTimeOffset, RowDecision> Decide)
{
    /// <summary>What else changes with the destinations given, which have been replaced already.</summary>
    public Func<Ledger, IReadOnlyList<LedgerDestination>, DateTimeOffset, Ledger> Record { get; init; } = (ledger, _, _) => ledger;

    /// <summary>True if what changed is to be worked on now.</summary>
    public bool WakesRelay { get; init; }

    /// <summary>True if the reports that are owed are to be made now.</summary>
    public bool WakesReports { get; init; }

    /// <summary>A next attempt that is due for everybody: a worker's reading of the storage service's clock may be a second behind.</summary>
    public static DateTimeOffset DueAtOnce(DateTimeOffset now) => now - TimeSpan.FromSeconds(1);
}

/// <summary>
/// Applies changes by compare-and-swap. A destination under a live claim is left alone: an attempt is under way there, and its worker alone knows how
/// far it has come. All methods throw <see cref="StoreUnavailableException"/>; what was begun can be repeated.
/// </summary>
internal sealed class LedgerChange(MailStores stores, DomainName? only, RowChange change, ChangeLog log)
{
    private const int MaxRaces = 5;

    /// <summary>Changes one message, beginning with the ledger as it was read.</summary>
    public async Task RunAsync(SpoolId id, LedgerReading reading, CancellationToken cancellationToken)
    {
        for (var race = 0; race < MaxRaces; race++)
        {
            if (race > 0)
                reading = await stores.Ledgers.ReadAsync(id, cancellationToken);
            switch (reading)
            {
                case LedgerReading.Found found:
                    if (await TryAsync(found, cancellationToken))
                        return;
                    break; // a worker or another operator was faster
                case LedgerReading.Missing:
                    log.Refuse(id, null, race == 0 ? "it is not in the queue: 'mailctl queue list' shows what is." : "it has been finished meanwhile.");
                    return;
                case LedgerReading.Damaged(var reason):
                    log.Refuse(id, null, $"its ledger is damaged ({reason}): 'mailctl queue drop {id}' removes the message.");
                    return;
                case LedgerReading.UnknownVersion(var version):
                    log.Refuse(id, null, $"its ledger has version {version}, which this mailctl does not know: use that of the installed system.");
                    return;
            }
        }
        log.Refuse(id, null, "workers keep changing it: try again in a minute.");
    }

    private async Task<bool> TryAsync(LedgerReading.Found found, CancellationToken cancellationToken)
    {
        var (before, now) = (found.Ledger, stores.Clock.UtcNow);
        var refusals = new List<(string Destination, string Why)>();
        var changed = new List<LedgerDestination>();
        var after = before;
        foreach (var row in before.Destinations.Where(row => only is null || row.Name == only.Value.Text))
        {
            switch (Decide(row, now))
            {
                case RowDecision.Replace(var replacement):
                    after = after.With(replacement);
                    changed.Add(row);
                    break;
                case RowDecision.Refuse(var why):
                    refusals.Add((row.Name, why));
                    break;
            }
        }
        after = change.Record(after, changed, now);
        // One of which nothing remains was left by somebody who died before its deletion.
        if ((before.IsFinished || !ReferenceEquals(after, before)) && !await StoreAsync(found, after, changed, now, cancellationToken))
            return false;
        await WakeReportsAsync(before, after, cancellationToken);

        foreach (var row in changed)
            log.Changed(before.Id, row, after.Find(row.Name));
        foreach (var (destination, why) in refusals)
            log.Refuse(before.Id, destination, why);
        return true;
    }

    private RowDecision Decide(LedgerDestination row, DateTimeOffset now) => row.Claim is { } claim && claim.ExpiresAt > now
        ? new RowDecision.Refuse($"an attempt is under way, until {claim.ExpiresAt.ForPeople()} unless it takes longer: try again then.")
        : change.Decide(row, now);

    private async Task<bool> StoreAsync(
        LedgerReading.Found found, Ledger after, IReadOnlyList<LedgerDestination> changed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = after.Id;
        if (after.IsFinished)
            return await new MessageRemoval(stores).TryRemoveAsync(found, now, cancellationToken);

        IReadOnlyList<string> awake = change.WakesRelay ? [.. changed.Select(row => row.Name).Where(name => after.Find(name) is not null)] : [];
        // Before the ledger: one too many is harmless, and a wait without one would be the sweep's.
        foreach (var destination in awake)
            await stores.Due.AddAsync(DueEntry.At(now, id, destination, poisoned: 0), cancellationToken);
        if (await stores.Ledgers.UpdateAsync(after, found.Tag, cancellationToken) is null)
            return false;
        foreach (var destination in awake)
            await stores.Queues.EnqueueAsync(WorkQueue.Relay, new WorkItem { Id = id, Destination = destination }, cancellationToken);
        return true;
    }

    private async Task WakeReportsAsync(Ledger before, Ledger after, CancellationToken cancellationToken)
    {
        var wakes = change.WakesReports && only is null && before.Owed.Count > 0;
        if (wakes || after.LastReport > before.LastReport)
        {
            await stores.Queues.EnqueueAsync(
                WorkQueue.Relay, new WorkItem { Id = after.Id, Destination = Ledger.ReportDestination }, cancellationToken);
        }
        if (wakes || after.Owed.Count < before.Owed.Count)
            log.Changed(before.Id, before.Owed);
    }
}
