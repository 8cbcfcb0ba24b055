// The mailboxes in blobs: one blob a copy, under a name that the message's own name decides.
using System.Runtime.CompilerServices;
using Azure.Storage.Blobs.Models;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>
/// Copies are created only where nothing is, so that a delivery made twice makes one copy and a tombstone stays one. The lock of a maildrop is a lease
/// on a blob of the directory.
/// </summary>
internal sealed class BlobMailboxStore(StoreContainer mailboxes, StoreContainer directory) : IMailboxStore
{
    private const int PageSize = 5000;

    /// <inheritdoc/>
    public Task<bool> DeliverAsync(
        EmailAddress account, SpoolId uid, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> message, string? summary, CancellationToken cancellationToken) =>
        mailboxes.CreateAsync(
            BlobNames.MailboxCopy(account, uid), new BlobContent(head, message), ContentTypes.Message, SummaryMetadata.Of(summary), cancellationToken);

    /// <inheritdoc/>
    public async Task<IMailboxUpload?> BeginAsync(EmailAddress account, SpoolId uid, ReadOnlyMemory<byte> head, CancellationToken cancellationToken)
    {
        var name = BlobNames.MailboxCopy(account, uid);
        return await mailboxes.FindLengthAsync(name, cancellationToken) is null ? new MailboxUpload(mailboxes, name, head) : null;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<MailboxEntry> ListAsync(EmailAddress account, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in mailboxes.ListAsync(BlobNames.Mailbox(account), BlobTraits.None, PageSize, cancellationToken))
        {
            // A copy is written once and a tombstone once, so the time of the last change is the time when it was stored.
            if (BlobNames.TryParseMailboxCopy(item.Name, out _, out var uid))
                yield return new MailboxEntry(uid, item.Length, item.LastModified);
            else
                mailboxes.SkipForeign();
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DescribedEntry> ListDescribedAsync(EmailAddress account, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in mailboxes.ListAsync(BlobNames.Mailbox(account), BlobTraits.Metadata, PageSize, cancellationToken))
        {
            if (BlobNames.TryParseMailboxCopy(item.Name, out _, out var uid))
                yield return new DescribedEntry(
                    new MailboxEntry(uid, item.Length, item.LastModified), SummaryMetadata.Read(item.Metadata));
            else
                mailboxes.SkipForeign();
        }
    }

    /// <inheritdoc/>
    public async Task<Stream?> OpenAsync(EmailAddress account, SpoolId uid, CancellationToken cancellationToken)
    {
        var copy = await mailboxes.OpenAsync(BlobNames.MailboxCopy(account, uid), cancellationToken);
        if (copy is null or { Length: > 0 })
            return copy;
        await copy.DisposeAsync();
        return null;
    }

    /// <inheritdoc/>
    public Task DeleteAsync(EmailAddress account, SpoolId uid, CancellationToken cancellationToken) =>
        mailboxes.DeleteAsync(BlobNames.MailboxCopy(account, uid), cancellationToken);

    /// <inheritdoc/>
    public Task BuryAsync(EmailAddress account, SpoolId uid, CancellationToken cancellationToken) =>
        mailboxes.OverwriteAsync(BlobNames.MailboxCopy(account, uid), default, ContentTypes.Empty, null, cancellationToken);

    /// <inheritdoc/>
    public async Task<IMaildropLease?> TryLockAsync(EmailAddress account, CancellationToken cancellationToken) =>
        await MaildropLease.TryTakeAsync(directory, BlobNames.Lock(account), cancellationToken);
}
