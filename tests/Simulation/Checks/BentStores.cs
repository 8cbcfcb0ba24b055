// Stores with a defect in them.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Simulation.Checks;

/// <summary>A spool whose writers commit too late, or under another name each time.</summary>
internal sealed class BentSpool(ISpool spool, PlantedBug bug, TimeProvider time) : ISpool
{
    private int _made;

    /// <inheritdoc/>
    public ISpoolWriter Create(SpoolId id)
    {
        if (bug == PlantedBug.SuccessBeforeCommit)
            return new LateWriter(spool.Create(id), time);
        var other = SpoolId.Derive(id.Time, id, 1_000_000 + ++_made);
        return new RenamedWriter(spool.Create(other), other);
    }

    /// <inheritdoc/>
    public Task<SpoolOpening> OpenAsync(SpoolId id, CancellationToken cancellationToken) => spool.OpenAsync(id, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(SpoolId id, CancellationToken cancellationToken) => spool.ExistsAsync(id, cancellationToken);

    /// <inheritdoc/>
    public Task DeleteAsync(SpoolId id, CancellationToken cancellationToken) => spool.DeleteAsync(id, cancellationToken);

    /// <inheritdoc/>
    public Task LeaveMarkAsync(SpoolId id, CancellationToken cancellationToken) => spool.LeaveMarkAsync(id, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<SpoolEntry> ListAsync(string prefix, CancellationToken cancellationToken) => spool.ListAsync(prefix, cancellationToken);

    private sealed class LateWriter(ISpoolWriter writer, TimeProvider time) : ISpoolWriter
    {
        private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(100);

        private Task _committing = Task.CompletedTask;

        public Memory<byte> GetMemory() => writer.GetMemory();

        public ValueTask AdvanceAsync(int count, CancellationToken cancellationToken) => writer.AdvanceAsync(count, cancellationToken);

        public Task<bool> CommitAsync(Envelope envelope, ReadOnlyMemory<byte> trace, CancellationToken cancellationToken)
        {
            _committing = CommitLateAsync(envelope, trace);
            return Task.FromResult(true);
        }

        private async Task CommitLateAsync(Envelope envelope, ReadOnlyMemory<byte> trace)
        {
            await Task.Delay(Late, time);
            await writer.CommitAsync(envelope, trace, CancellationToken.None);
        }

        public ValueTask DisposeAsync()
        {
            _ = _committing.ContinueWith(_ => writer.DisposeAsync().AsTask(), TaskScheduler.Default);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class RenamedWriter(ISpoolWriter writer, SpoolId id) : ISpoolWriter
    {
        public Memory<byte> GetMemory() => writer.GetMemory();

        public ValueTask AdvanceAsync(int count, CancellationToken cancellationToken) => writer.AdvanceAsync(count, cancellationToken);

        public Task<bool> CommitAsync(Envelope envelope, ReadOnlyMemory<byte> trace, CancellationToken cancellationToken) =>
            writer.CommitAsync(envelope with { Id = id }, trace, cancellationToken);

        public ValueTask DisposeAsync() => writer.DisposeAsync();
    }
}

/// <summary>Mailboxes whose copies are written too late, or whose lock holds nobody off.</summary>
internal sealed class BentMailboxes(IMailboxStore mailboxes, ISpool spool, PlantedBug bug) : IMailboxStore
{
    /// <inheritdoc/>
    public async Task<bool> DeliverAsync(
        EmailAddress account, SpoolId uid, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> message, string? summary, CancellationToken cancellationToken)
    {
        if (bug == PlantedBug.DeleteBeforeWrite)
            await spool.DeleteAsync(uid, cancellationToken);
        return await mailboxes.DeliverAsync(account, uid, head, message, summary, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IMailboxUpload?> BeginAsync(EmailAddress account, SpoolId uid, ReadOnlyMemory<byte> head, CancellationToken cancellationToken) =>
        mailboxes.BeginAsync(account, uid, head, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<MailboxEntry> ListAsync(EmailAddress account, CancellationToken cancellationToken) =>
        mailboxes.ListAsync(account, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<DescribedEntry> ListDescribedAsync(EmailAddress account, CancellationToken cancellationToken) =>
        mailboxes.ListDescribedAsync(account, cancellationToken);

    /// <inheritdoc/>
    public Task<Stream?> OpenAsync(EmailAddress account, SpoolId uid, CancellationToken cancellationToken) =>
        mailboxes.OpenAsync(account, uid, cancellationToken);

    /// <inheritdoc/>
    public Task DeleteAsync(EmailAddress account, SpoolId uid, CancellationToken cancellationToken) => mailboxes.DeleteAsync(account, uid, cancellationToken);

    /// <inheritdoc/>
    public Task BuryAsync(EmailAddress account, SpoolId uid, CancellationToken cancellationToken) => mailboxes.BuryAsync(account, uid, cancellationToken);

    /// <inheritdoc/>
    public async Task<IMaildropLease?> TryLockAsync(EmailAddress account, CancellationToken cancellationToken) =>
        bug == PlantedBug.LeaseIgnored
            ? await mailboxes.TryLockAsync(account, cancellationToken) ?? new NoLease()
            : await mailboxes.TryLockAsync(account, cancellationToken);

    private sealed class NoLease : IMaildropLease
    {
        public TimeSpan Remaining => TimeSpan.FromMinutes(1);

        public Task<bool> RenewAsync(CancellationToken cancellationToken) => Task.FromResult(true);

        public Task ReleaseAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
