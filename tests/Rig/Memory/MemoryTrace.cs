// A trace that tests look at.
using System.Collections.Concurrent;
using MailFunctions.Mail.Stores;
using MailFunctions.Mail.Traces;

namespace MailFunctions.Rig.Memory;

/// <summary>Keeps every entry in the order of being noted.</summary>
public sealed class MemoryTrace : ITrace, ITraceReader
{
    private readonly ConcurrentQueue<TraceEntry> _entries = new();

    /// <summary>All entries so far.</summary>
    public IReadOnlyCollection<TraceEntry> Entries => _entries;

    /// <inheritdoc/>
    public void Note(TraceEntry entry) => _entries.Enqueue(entry);

    /// <inheritdoc/>
    public IAsyncEnumerable<TraceEntry> ReadAsync(DateTimeOffset from, DateTimeOffset to, TraceKind kind, CancellationToken cancellationToken) =>
        _entries.Where(entry => entry.Kind == kind && (entry.Time == default || (entry.Time >= from && entry.Time <= to))).ToAsyncEnumerable();
}
