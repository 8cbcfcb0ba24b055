// The due index in memory.
using MailFunctions.Mail.Stores;

namespace MailFunctions.Rig.Memory;

/// <summary>Keeps due entries in order of time.</summary>
public sealed class MemoryDueIndex(IStoreClock clock, StoreFaults faults) : IDueIndex
{
    private readonly HashSet<DueEntry> _entries = [];

    /// <summary>All entries, earliest first.</summary>
    public IReadOnlyList<DueEntry> Entries => [.. _entries.OrderBy(entry => entry.Time).ThenBy(entry => entry.Id)];

    /// <summary>Puts an entry.</summary>
    public void Put(DueEntry entry) => _entries.Add(entry);

    public Task AddAsync(DueEntry entry, CancellationToken cancellationToken) =>
        faults.CallAsync("Due.Add", () => { _entries.Add(entry); }, cancellationToken);

    public async IAsyncEnumerable<DueEntry> ListDueAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var entry in await faults.CallAsync("Due.List", () => Entries.Where(entry => entry.Time <= clock.UtcNow).ToList(), cancellationToken))
            yield return entry;
    }

    public Task DeleteAsync(DueEntry entry, CancellationToken cancellationToken) =>
        faults.CallAsync("Due.Delete", () => { _entries.Remove(entry); }, cancellationToken);
}
