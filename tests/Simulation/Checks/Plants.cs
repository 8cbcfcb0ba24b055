// Twelve defects, each made by a wrapper around one store or by a change to requests on their way, to see whether the checker finds them.
using System.Runtime.CompilerServices;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Simulation.Engine;
using MailFunctions.Simulation.Store;

namespace MailFunctions.Simulation.Checks;

/// <summary>The defects.</summary>
internal enum PlantedBug
{
    None,

    /// <summary>Queue messages are put with the service's default time to live.</summary>
    NoQueueTtl,

    /// <summary>The spool blob is deleted before the local copy is written.</summary>
    DeleteBeforeWrite,

    /// <summary>250 is said before the spool blob is committed.</summary>
    SuccessBeforeCommit,

    /// <summary>Ledgers are replaced without their tag.</summary>
    NoCompareAndSwap,

    /// <summary>Ledgers and copies are created over what is there.</summary>
    NoCreateIfAbsent,

    /// <summary>A maildrop that another session holds is taken all the same.</summary>
    LeaseIgnored,

    /// <summary>A due entry is deleted before its message is enqueued.</summary>
    DueDeletedFirst,

    /// <summary>What ends in a poison queue is forgotten.</summary>
    PoisonDropped,

    /// <summary>A report has another id each time it is made.</summary>
    RandomReportId,

    /// <summary>A claim lasts for ever.</summary>
    ClaimWithoutExpiry,

    /// <summary>There is no sweep.</summary>
    SweepOff,

    /// <summary>Ages and retries are measured by the worker's clock.</summary>
    WorkersClock,
}

/// <summary>Plants them. Where none is to be planted, what is given is handed back.</summary>
internal static class Plants
{
    /// <summary>The change to requests.</summary>
    public static Func<SimRequest, SimProcess, SimRequest>? OfRequests(PlantedBug bug, TimeProvider time) => bug switch
    {
        PlantedBug.NoQueueTtl => (request, _) => request.Call == "Put Message"
            ? request with { Query = request.Query.Where(pair => pair.Key != "messagettl").ToDictionary() }
            : request,
        PlantedBug.NoCompareAndSwap => (request, _) => request.Path[0] == "ledger" ? request.WithoutHeader("if-match") : request,
        PlantedBug.NoCreateIfAbsent => (request, _) => request.Path[0] is "ledger" or "mailboxes" ? request.WithoutHeader("if-none-match") : request,
        _ => null,
    };

    /// <summary>The spool.</summary>
    public static ISpool Of(PlantedBug bug, ISpool spool, TimeProvider time) =>
        bug is PlantedBug.SuccessBeforeCommit or PlantedBug.RandomReportId ? new BentSpool(spool, bug, time) : spool;

    /// <summary>The ledgers.</summary>
    public static ILedger Of(PlantedBug bug, ILedger ledgers) => bug == PlantedBug.ClaimWithoutExpiry ? new BentLedger(ledgers) : ledgers;

    /// <summary>The index by time.</summary>
    public static IDueIndex Of(PlantedBug bug, IDueIndex due) => bug == PlantedBug.DueDeletedFirst ? new BentDueIndex(due) : due;

    /// <summary>The service's clock.</summary>
    public static IStoreClock Of(PlantedBug bug, IStoreClock clock, TimeProvider own) => bug == PlantedBug.WorkersClock ? new OwnClock(own) : clock;

    /// <summary>The mailboxes.</summary>
    public static IMailboxStore Of(PlantedBug bug, IMailboxStore mailboxes, ISpool spool) =>
        bug is PlantedBug.DeleteBeforeWrite or PlantedBug.LeaseIgnored ? new BentMailboxes(mailboxes, spool, bug) : mailboxes;

    private sealed class OwnClock(TimeProvider own) : IStoreClock
    {
        public DateTimeOffset UtcNow => own.GetUtcNow();
    }

    private sealed class BentDueIndex(IDueIndex due) : IDueIndex
    {
        public Task AddAsync(DueEntry entry, CancellationToken cancellationToken) => due.AddAsync(entry, cancellationToken);

        public async IAsyncEnumerable<DueEntry> ListDueAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var entry in due.ListDueAsync(cancellationToken))
            {
                await due.DeleteAsync(entry, cancellationToken);
                yield return entry;
            }
        }

        public Task DeleteAsync(DueEntry entry, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class BentLedger(ILedger ledgers) : ILedger
    {
        public Task<bool> CreateAsync(Ledger ledger, CancellationToken cancellationToken) => ledgers.CreateAsync(ledger, cancellationToken);

        public Task<LedgerReading> ReadAsync(SpoolId id, CancellationToken cancellationToken) => ledgers.ReadAsync(id, cancellationToken);

        public Task<string?> UpdateAsync(Ledger ledger, string tag, CancellationToken cancellationToken) => ledgers.UpdateAsync(
            ledger with
            {
                Destinations = [.. ledger.Destinations.Select(WithoutExpiry)],
            }, tag, cancellationToken);

        private static LedgerDestination WithoutExpiry(LedgerDestination row) =>
            row.Claim is { } claim ? row with { Claim = claim with { ExpiresAt = DateTimeOffset.MaxValue.AddDays(-1) } } : row;

        public Task DeleteAsync(SpoolId id, CancellationToken cancellationToken) => ledgers.DeleteAsync(id, cancellationToken);

        public IAsyncEnumerable<LedgerEntry> ListAsync(string prefix, CancellationToken cancellationToken) => ledgers.ListAsync(prefix, cancellationToken);
    }
}
