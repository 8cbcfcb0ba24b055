// Ledgers in memory.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Rig.Memory;

/// <summary>Keeps ledgers by message.</summary>
public sealed class MemoryLedger(IStoreClock clock, StoreFaults faults) : ILedger
{
    private readonly SortedDictionary<SpoolId, Row> _rows = [];

    /// <summary>The messages that have a ledger, in order.</summary>
    public IReadOnlyList<SpoolId> Ids => [.. _rows.Keys];

    /// <summary>Puts a ledger as a later state of the pipeline would have left it.</summary>
    public void Put(Ledger ledger, DateTimeOffset? next, DateTimeOffset? changedAt = null) =>
        _rows[ledger.Id] = new Row(new LedgerReading.Found(ledger, Tag()), next, changedAt ?? clock.UtcNow);

    /// <summary>Puts something in a ledger's place that cannot be read.</summary>
    public void PutUnreadable(SpoolId id, LedgerReading reading, DateTimeOffset? next, DateTimeOffset? changedAt = null) =>
        _rows[id] = new Row(reading, next, changedAt ?? clock.UtcNow);

    /// <summary>The ledger of a message.</summary>
    public Ledger this[SpoolId id] => ((LedgerReading.Found)_rows[id].Reading).Ledger;

    /// <summary>When the listing says that something is to be done.</summary>
    public DateTimeOffset? NextOf(SpoolId id) => _rows[id].Next;

    public Task<bool> CreateAsync(Ledger ledger, CancellationToken cancellationToken) => faults.CallAsync(
        "Ledger.Create",
        () => _rows.TryAdd(ledger.Id, new Row(new LedgerReading.Found(ledger, Tag()), ledger.Next, clock.UtcNow)),
        cancellationToken);

    public Task<LedgerReading> ReadAsync(SpoolId id, CancellationToken cancellationToken) => faults.CallAsync(
        "Ledger.Read",
        () => _rows.TryGetValue(id, out var row) ? row.Reading : new LedgerReading.Missing(),
        cancellationToken);

    public Task<string?> UpdateAsync(Ledger ledger, string tag, CancellationToken cancellationToken) => faults.CallAsync<string?>(
        "Ledger.Update",
        () =>
        {
            if (!_rows.TryGetValue(ledger.Id, out var row) || row.Reading is not LedgerReading.Found found || found.Tag != tag)
                return null;
            var next = new LedgerReading.Found(ledger, Tag());
            _rows[ledger.Id] = new Row(next, ledger.Next, clock.UtcNow);
            return next.Tag;
        },
        cancellationToken);

    public Task DeleteAsync(SpoolId id, CancellationToken cancellationToken) =>
        faults.CallAsync("Ledger.Delete", () => { _rows.Remove(id); }, cancellationToken);

    public async IAsyncEnumerable<LedgerEntry> ListAsync(
        string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = await faults.CallAsync(
            "Ledger.List",
            () => _rows.Where(pair => pair.Key.Text.StartsWith(prefix, StringComparison.Ordinal)).ToList(),
            cancellationToken);
        foreach (var (id, row) in page)
            yield return new LedgerEntry(id, row.Next, row.ChangedAt);
    }

    private static string Tag() => Guid.NewGuid().ToString();

    private sealed record Row(LedgerReading Reading, DateTimeOffset? Next, DateTimeOffset ChangedAt);
}
