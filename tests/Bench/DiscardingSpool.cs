// Stores that keep nothing, so that what is measured is the gateway and not a store in memory.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Bench;

/// <summary>Takes every message and forgets it. One session at a time may write a message's content, or all share what they write into.</summary>
internal sealed class DiscardingSpool : ISpool, ISpoolWriter, IWorkQueue
{
    private readonly byte[] _room = new byte[65_536];

    public ISpoolWriter Create(SpoolId id) => this;

    public Memory<byte> GetMemory() => _room;

    public ValueTask AdvanceAsync(int count, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public Task<bool> CommitAsync(Envelope envelope, ReadOnlyMemory<byte> trace, CancellationToken cancellationToken) => Task.FromResult(true);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public Task EnqueueAsync(WorkQueue queue, WorkItem item, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<bool> ExistsAsync(SpoolId id, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<SpoolOpening> OpenAsync(SpoolId id, CancellationToken cancellationToken) => Task.FromResult<SpoolOpening>(new SpoolOpening.Missing());

    public Task DeleteAsync(SpoolId id, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task LeaveMarkAsync(SpoolId id, CancellationToken cancellationToken) => Task.CompletedTask;

    public IAsyncEnumerable<SpoolEntry> ListAsync(string prefix, CancellationToken cancellationToken) => AsyncEnumerable.Empty<SpoolEntry>();

    public Task<TimeSpan> OldestAgeAsync(WorkQueue queue, CancellationToken cancellationToken) => Task.FromResult(TimeSpan.Zero);

    public Task<long> CountAsync(WorkQueue queue, CancellationToken cancellationToken) => Task.FromResult(0L);
}
