// A mailbox of one message that is only read.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Bench;

/// <summary>Gives the message out without a copy of it; whatever would change the mailbox is not supported.</summary>
internal sealed class SingleMailbox(byte[] message) : IMailboxStore, IMaildropLease, IStoreClock
{
    private readonly SpoolId _uid = SpoolId.New(TimeProvider.System);

    public TimeSpan Remaining => TimeSpan.FromMinutes(1);

    public DateTimeOffset UtcNow => DateTimeOffset.UtcNow;

    public IAsyncEnumerable<MailboxEntry> ListAsync(EmailAddress account, CancellationToken cancellationToken) =>
        new[] { new MailboxEntry(_uid, message.Length, DateTimeOffset.UtcNow) }.ToAsyncEnumerable();

    public IAsyncEnumerable<DescribedEntry> ListDescribedAsync(EmailAddress account, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Stream?> OpenAsync(EmailAddress account, SpoolId uid, CancellationToken cancellationToken) =>
        Task.FromResult<Stream?>(new MemoryStream(message, writable: false));

    public Task<IMaildropLease?> TryLockAsync(EmailAddress account, CancellationToken cancellationToken) => Task.FromResult<IMaildropLease?>(this);

    public Task<bool> RenewAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    public Task ReleaseAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<bool> DeliverAsync(EmailAddress account, SpoolId uid, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> message, string? summary, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IMailboxUpload?> BeginAsync(EmailAddress account, SpoolId uid, ReadOnlyMemory<byte> head, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task DeleteAsync(EmailAddress account, SpoolId uid, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task BuryAsync(EmailAddress account, SpoolId uid, CancellationToken cancellationToken) => throw new NotSupportedException();
}
