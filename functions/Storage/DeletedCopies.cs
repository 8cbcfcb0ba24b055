// The copies of a mailbox that were deleted and that the storage service still keeps.
using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs.Models;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>A deleted copy.</summary>
/// <param name="Entry">Its name, size in octets, and when it was stored.</param>
/// <param name="Summary">Its summary as it was stored with it; null for none.</param>
/// <param name="Version">Under which name the service keeps it.</param>
/// <param name="Tombstone">The state of the tombstone in its place; null where nothing is.</param>
public sealed record DeletedCopy(MailboxEntry Entry, string? Summary, string Version, ETag? Tombstone);

/// <summary>
/// Where the account keeps versions (as the template sets it up, for 14 days), a deleted copy is a version without a current blob, and one that had to leave a
/// tombstone is a version below it. An account without versions has none to show. All methods throw <see cref="StoreUnavailableException"/>.
/// </summary>
public sealed class DeletedCopies
{
    private const int PageSize = 5000;

    private readonly StoreContainer _mailboxes;

    internal DeletedCopies(StoreContainer mailboxes) => _mailboxes = mailboxes;

    /// <summary>The deleted copies of a mailbox in order of arrival, each in its last state. One call a page.</summary>
    public async IAsyncEnumerable<DeletedCopy> ListAsync(EmailAddress account, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The versions of one name come together, the oldest first, the current one last.
        var versions = new List<ListedBlob>();
        await foreach (var item in _mailboxes.ListVersionsAsync(BlobNames.Mailbox(account), PageSize, cancellationToken))
        {
            if (versions.Count > 0 && versions[0].Name != item.Name)
            {
                if (Judge(versions) is { } deleted)
                    yield return deleted;
                versions.Clear();
            }
            versions.Add(item);
        }
        if (versions.Count > 0 && Judge(versions) is { } last)
            yield return last;
    }

    /// <summary>Puts a copy back in its place, under its own name. Two calls.</summary>
    /// <returns>False if something is there by now, or the version is no longer kept.</returns>
    public Task<bool> RestoreAsync(EmailAddress account, DeletedCopy copy, CancellationToken cancellationToken)
    {
        var name = BlobNames.MailboxCopy(account, copy.Entry.Uid);
        var there = copy.Tombstone is { } tag ? new BlobRequestConditions { IfMatch = tag } : new BlobRequestConditions { IfNoneMatch = ETag.All };
        return _mailboxes.Retry.RunAsync($"restore {_mailboxes.Path(name)}", async attempt =>
        {
            var blob = _mailboxes.Blob(name);
            try
            {
                var copying = await blob.StartCopyFromUriAsync(
                    blob.WithVersion(copy.Version).Uri, new BlobCopyFromUriOptions { DestinationConditions = there }, attempt.Token);
                await copying.WaitForCompletionAsync(attempt.Token); // done at once within an account
                return true;
            }
            catch (RequestFailedException error) when (error.IsConditionNotMet() || error.IsBlobMissing())
            {
                // No writer's nonce tells whose work it is, but a name has only ever had this content.
                return attempt.MayHaveTakenEffect && await _mailboxes.FindLengthAsync(name, attempt.Token) == copy.Entry.Length;
            }
        }, cancellationToken);
    }

    private static DeletedCopy? Judge(List<ListedBlob> versions)
    {
        // Without versions the only state of a blob has no version, and is the current one.
        var current = versions.Find(item => item.IsCurrentVersion || item.Version is null);
        if (current is { Length: not 0 })
            return null;
        var kept = versions.FindLast(item => item is { Length: > 0, Version: not null });
        return kept is { Version: { } version } && BlobNames.TryParseMailboxCopy(kept.Name, out _, out var uid)
            ? new DeletedCopy(
                new MailboxEntry(uid, kept.Length, kept.LastModified), SummaryMetadata.Read(kept.Metadata), version, current?.Tag)
            : null;
    }
}
