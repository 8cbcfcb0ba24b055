// One kind of directory records: read through a cache by the programs that handle mail, changed by operators.
using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure.Storage.Blobs.Models;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>
/// The records of one kind. All methods throw <see cref="StoreUnavailableException"/> when storage cannot be reached, and also for a record that is
/// damaged or was written by another version of this program: what it says is not known, and "absent" would be a lie.
/// </summary>
public sealed class DirectorySection<TKey, TRecord>
    where TRecord : class
{
    private const int CacheCapacity = 10_000;
    private const int PageSize = 5000;

    private readonly StoreContainer _container;
    private readonly DirectoryFormat<TKey, TRecord> _format;
    private readonly DirectoryCache<TRecord> _cache;

    internal DirectorySection(StoreContainer container, DirectoryFormat<TKey, TRecord> format)
    {
        _container = container;
        _format = format;
        _cache = new DirectoryCache<TRecord>(RefreshAsync, container.Retry.Clock, CacheCapacity);
    }

    /// <summary>The record of a key, or null, as of no more than a minute ago.</summary>
    public ValueTask<TRecord?> FindAsync(TKey key, CancellationToken cancellationToken) => _cache.GetAsync(_format.Name(key), cancellationToken);

    /// <summary>Adds a record.</summary>
    /// <returns>False if there is one of that key, which stays as it is.</returns>
    public Task<bool> AddAsync(TRecord record, CancellationToken cancellationToken) => ChangingAsync(_format.KeyOf(record), name =>
        _container.CreateAsync(name, new BlobContent(_format.Write(record)), ContentTypes.Json, null, cancellationToken));

    /// <summary>Writes a record, whatever was there.</summary>
    public Task PutAsync(TRecord record, CancellationToken cancellationToken) => ChangingAsync(_format.KeyOf(record), async name =>
    {
        await _container.OverwriteAsync(name, new BlobContent(_format.Write(record)), ContentTypes.Json, null, cancellationToken);
        return true;
    });

    /// <summary>Changes a record by compare-and-swap: when another operator was faster, the change is made anew on what he left.</summary>
    /// <returns>The record as changed, or null if there is none.</returns>
    public Task<TRecord?> ChangeAsync(TKey key, Func<TRecord, TRecord> change, CancellationToken cancellationToken) => ChangingAsync(key, async name =>
    {
        while (await _container.ReadAsync(name, known: null, cancellationToken) is BlobReading.Found found)
        {
            var changed = change(Parse(name, found.Content));
            var content = new BlobContent(_format.Write(changed));
            if (await _container.ReplaceAsync(name, content, ContentTypes.Json, null, found.Tag, cancellationToken) is not null)
                return changed;
        }
        return null;
    });

    /// <summary>Removes a record.</summary>
    /// <returns>False if there was none.</returns>
    public Task<bool> RemoveAsync(TKey key, CancellationToken cancellationToken) =>
        ChangingAsync(key, name => _container.DeleteAsync(name, cancellationToken));

    /// <summary>All records in order of name, each read as it is reached: one call a record, and one a page of 5,000.</summary>
    public async IAsyncEnumerable<TRecord> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in _container.ListAsync(_format.Prefix, BlobTraits.None, PageSize, cancellationToken))
        {
            if (await _container.ReadAsync(item.Name, known: null, cancellationToken) is BlobReading.Found found)
                yield return Parse(item.Name, found.Content);
        }
    }

    // Forgotten also after a failure: the write may have taken effect.
    private async Task<T> ChangingAsync<T>(TKey key, Func<string, Task<T>> change)
    {
        var name = _format.Name(key);
        try
        {
            return await change(name);
        }
        finally
        {
            _cache.Drop(name);
        }
    }

    // The call belongs to everybody who waits for it, so no single caller's token ends it.
    private async Task<DirectoryCache<TRecord>.Entry> RefreshAsync(string name, DirectoryCache<TRecord>.Entry? known)
    {
        var askedAt = _container.Retry.Clock.GetTimestamp();
        return await _container.ReadAsync(name, known?.Tag, CancellationToken.None) switch
        {
            BlobReading.Found found => new DirectoryCache<TRecord>.Entry(Parse(name, found.Content), found.Tag, askedAt),
            BlobReading.Unchanged when known is not null => known with { AskedAt = askedAt },
            _ => new DirectoryCache<TRecord>.Entry(null, null, askedAt),
        };
    }

    private TRecord Parse(string name, byte[] content)
    {
        try
        {
            return RecordVersion.Read(content) is DirectoryFormats.CurrentVersion
                ? _format.Read(content)
                : throw new FormatException("another version of this program wrote it");
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            throw new StoreUnavailableException($"The record {_container.Path(name)} cannot be read: {error.Message}", error);
        }
    }
}
