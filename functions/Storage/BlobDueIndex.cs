// The index by time in blob names.
using System.Globalization;
using System.Runtime.CompilerServices;
using Azure.Storage.Blobs.Models;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>Empty blobs whose names begin with their time, so that a list brings the earliest first and can stop at the first that is not due.</summary>
internal sealed class BlobDueIndex(StoreContainer container, IStoreClock clock) : IDueIndex
{
    // A tick reads one page however many entries wait, and most ticks find nothing due: a page need not be large.
    private const int PageSize = 1000;
    private const string PoisonedKey = "poisoned";

    /// <inheritdoc/>
    public Task AddAsync(DueEntry entry, CancellationToken cancellationToken)
    {
        var metadata = entry.Poisoned == 0
            ? null
            : new Dictionary<string, string> { [PoisonedKey] = entry.Poisoned.ToString(CultureInfo.InvariantCulture) };
        return container.OverwriteAsync(BlobNames.Due(entry), default, ContentTypes.Empty, metadata, cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DueEntry> ListDueAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in container.ListAsync("", BlobTraits.Metadata, PageSize, cancellationToken))
        {
            if (!BlobNames.TryParseDue(item.Name, out var entry) || entry is null)
            {
                container.SkipForeign();
                continue;
            }
            // Asked only after the page has come, whose answer has told the clock the service's time.
            if (entry.Time > clock.UtcNow)
                yield break;
            yield return entry with { Poisoned = ReadPoisoned(item) };
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(DueEntry entry, CancellationToken cancellationToken) => container.DeleteAsync(BlobNames.Due(entry), cancellationToken);

    private static int ReadPoisoned(ListedBlob item) =>
        int.TryParse(item.Find(PoisonedKey), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
}
