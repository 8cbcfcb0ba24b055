// The spool in blobs: one blob a message, visible as a whole or not at all.
using System.Runtime.CompilerServices;
using Azure.Storage.Blobs.Models;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>
/// A spool blob is one line with envelope, lengths and hash (<see cref="SpoolHeader"/>), our trace fields, and the content as received. An empty blob
/// is the mark that a finished message leaves where a late call could bring it again, and counts as no message.
/// </summary>
internal sealed class BlobSpool(StoreContainer container) : ISpool
{
    /// <summary>Ids a list call brings.</summary>
    internal const int PageSize = 5000;

    /// <inheritdoc/>
    public ISpoolWriter Create(SpoolId id) => new SpoolWriter(container, id);

    /// <inheritdoc/>
    public async Task<SpoolOpening> OpenAsync(SpoolId id, CancellationToken cancellationToken)
    {
        var blob = await container.OpenAsync(BlobNames.Spool(id), cancellationToken);
        if (blob is null)
            return new SpoolOpening.Missing();
        if (blob.Length > 0)
            return await SpoolReader.OpenAsync(blob, id, cancellationToken);
        await blob.DisposeAsync();
        return new SpoolOpening.Missing();
    }

    /// <inheritdoc/>
    public async Task<bool> ExistsAsync(SpoolId id, CancellationToken cancellationToken) =>
        await container.FindLengthAsync(BlobNames.Spool(id), cancellationToken) > 0;

    /// <inheritdoc/>
    public Task DeleteAsync(SpoolId id, CancellationToken cancellationToken) => container.DeleteAsync(BlobNames.Spool(id), cancellationToken);

    /// <inheritdoc/>
    public Task LeaveMarkAsync(SpoolId id, CancellationToken cancellationToken) =>
        container.OverwriteAsync(BlobNames.Spool(id), default, ContentTypes.Empty, null, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<SpoolEntry> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in container.ListAsync(prefix, BlobTraits.None, PageSize, cancellationToken))
        {
            if (BlobNames.TryParseId(item.Name, out var id))
                yield return new SpoolEntry(id, item.LastModified, item.Length);
            else
                container.SkipForeign();
        }
    }
}
