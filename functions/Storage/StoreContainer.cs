// One container, every call to it under the retry, and every write recognised as ours when its answer is lost.
using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>
/// The operations that the stores are made of. A write carries its writer's nonce in the blob's metadata; when a repeated try is refused because the
/// blob is there or has changed, the nonce tells whether it was the first try that did it. All methods throw <see cref="StoreUnavailableException"/>.
/// </summary>
internal sealed class StoreContainer(BlobContainerClient container, StoreRetry retry, Func<string> nonce)
{
    /// <summary>The most that <see cref="ReadAsync"/> reads, in octets.</summary>
    public const int MaxRecordLength = 4 * 1024 * 1024;

    /// <summary>The condition that nothing is there.</summary>
    public static readonly BlobRequestConditions IfAbsent = new() { IfNoneMatch = ETag.All };

    private const string WriterKey = "writer";
    private static readonly Azure.Storage.StorageTransferOptions OneRequest = new()
    {
        InitialTransferSize = 256 * 1024 * 1024, MaximumTransferSize = 256 * 1024 * 1024, MaximumConcurrency = 1,
    };

    /// <summary>The retry, for calls that are made elsewhere.</summary>
    public StoreRetry Retry => retry;

    /// <summary>A fresh name for a writer or a lease.</summary>
    public string NewNonce() => nonce();

    /// <summary>A client for calls that are made elsewhere.</summary>
    public BlockBlobClient Blob(string name) => container.GetBlockBlobClient(name);

    /// <summary>Creates a blob by one Put Blob, unless there is one.</summary>
    /// <returns>False if there is one that is not this call's own work.</returns>
    public async Task<bool> CreateAsync(
        string name, BlobContent content, BlobHttpHeaders type, IReadOnlyDictionary<string, string>? metadata, CancellationToken cancellationToken)
    {
        var (tag, isAbsent) = await PutNewAsync(name, content, type, metadata, cancellationToken);
        return tag is not null || (isAbsent && await CreateOverBlocksAsync(name, content, type, metadata, cancellationToken));
    }

    /// <summary>The same for a blob that never is sent in blocks, and that is to be changed later.</summary>
    /// <returns>The tag of the state that this call made, or null if there is a blob that is not its own work, or was a moment ago.</returns>
    public async Task<ETag?> CreateTaggedAsync(
        string name, BlobContent content, BlobHttpHeaders type, IReadOnlyDictionary<string, string>? metadata, CancellationToken cancellationToken) =>
        (await PutNewAsync(name, content, type, metadata, cancellationToken)).Tag;

    /// <summary>Writes a blob by one Put Blob, whatever was there.</summary>
    public Task OverwriteAsync(
        string name, BlobContent content, BlobHttpHeaders type, IReadOnlyDictionary<string, string>? metadata, CancellationToken cancellationToken) =>
        retry.RunAsync($"write {Path(name)}", attempt => PutAsync(name, content, type, metadata, null, attempt.Token), cancellationToken);

    /// <summary>Replaces a blob if it is still in the state that <paramref name="tag"/> names.</summary>
    /// <returns>The tag of the new state, or null if another writer changed or removed the blob.</returns>
    public Task<ETag?> ReplaceAsync(
        string name, BlobContent content, BlobHttpHeaders type, IReadOnlyDictionary<string, string>? metadata, ETag tag, CancellationToken cancellationToken)
    {
        var writer = nonce();
        return retry.RunAsync<ETag?>($"replace {Path(name)}", async attempt =>
        {
            try
            {
                return await PutAsync(name, content, type, WithWriter(metadata, writer), new BlobRequestConditions { IfMatch = tag }, attempt.Token);
            }
            catch (RequestFailedException error) when (error.IsConditionNotMet() || error.IsBlobMissing())
            {
                var state = attempt.MayHaveTakenEffect ? await FindAsync(name, attempt.Token) : null;
                return state?.Writer == writer ? state?.Tag : null;
            }
        }, cancellationToken);
    }

    /// <summary>Begins a blob that is sent in blocks.</summary>
    public BlockUpload Upload(string name) => new(this, name, nonce());

    /// <summary>Creates an empty blob that can be appended to, unless there is one. One call.</summary>
    public Task CreateAppendableAsync(string name, CancellationToken cancellationToken) =>
        retry.RunAsync(
            $"create {Path(name)}", attempt => (Task)container.GetAppendBlobClient(name).CreateIfNotExistsAsync(cancellationToken: attempt.Token), cancellationToken);

    /// <summary>Appends to a blob of which nobody else is the writer. One call.</summary>
    /// <param name="name">The blob.</param>
    /// <param name="content">What to append, at most 4 MiB.</param>
    /// <param name="position">How long it is so far: what was appended already by a try whose answer was lost is not appended again.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task AppendAsync(string name, ReadOnlyMemory<byte> content, long position, CancellationToken cancellationToken) =>
        retry.RunAsync($"append to {Path(name)}", async attempt =>
        {
            using var stream = new BlobContent(content).ToStream();
            try
            {
                var there = new AppendBlobAppendBlockOptions { Conditions = new AppendBlobRequestConditions { IfAppendPositionEqual = position } };
                await container.GetAppendBlobClient(name).AppendBlockAsync(stream, there, attempt.Token);
            }
            catch (RequestFailedException error) when (attempt.MayHaveTakenEffect && error.IsAppendPositionTaken())
            {
                // The only writer is this one.
            }
        }, cancellationToken);

    /// <summary>Removes a blob.</summary>
    /// <returns>False if it was gone already, perhaps by an earlier try of this very call.</returns>
    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken) =>
        retry.RunAsync($"delete {Path(name)}", async attempt =>
        {
            try
            {
                await Blob(name).DeleteAsync(cancellationToken: attempt.Token);
                return true;
            }
            catch (RequestFailedException error) when (error.IsBlobMissing())
            {
                return attempt.MayHaveTakenEffect;
            }
        }, cancellationToken);

    /// <summary>The octets of a blob, or null if there is none. One call.</summary>
    public Task<long?> FindLengthAsync(string name, CancellationToken cancellationToken) =>
        retry.RunAsync<long?>($"look for {Path(name)}", async attempt =>
        {
            try
            {
                return (await Blob(name).GetPropertiesAsync(cancellationToken: attempt.Token)).Value.ContentLength;
            }
            catch (RequestFailedException error) when (error.IsBlobMissing())
            {
                return null;
            }
        }, cancellationToken);

    /// <summary>Opens a blob for one pass over it, or gives null if there is none. One call.</summary>
    public Task<DownloadStream?> OpenAsync(string name, CancellationToken cancellationToken) =>
        retry.RunAsync($"open {Path(name)}", async attempt =>
        {
            try
            {
                var download = await Blob(name).DownloadStreamingAsync(cancellationToken: attempt.Token);
                return new DownloadStream(download.Value, Path(name), retry.Clock);
            }
            catch (RequestFailedException error) when (error.IsBlobMissing())
            {
                return null;
            }
        }, cancellationToken);

    /// <summary>Reads a small blob whole, unless it is still in the state that <paramref name="known"/> names. One call.</summary>
    public Task<BlobReading> ReadAsync(string name, ETag? known, CancellationToken cancellationToken) =>
        retry.RunAsync<BlobReading>($"read {Path(name)}", async attempt =>
        {
            try
            {
                var options = new BlobDownloadOptions { Conditions = known is null ? null : new BlobRequestConditions { IfNoneMatch = known } };
                var response = await Blob(name).DownloadStreamingAsync(options, attempt.Token);
                if (response.GetRawResponse().Status == 304)
                    return new BlobReading.Unchanged();
                using var download = response.Value;
                if (download.Details.ContentLength > MaxRecordLength)
                    throw new StoreUnavailableException($"{Path(name)} is too large for a record.", null);
                var content = new byte[download.Details.ContentLength];
                await download.Content.ReadExactlyAsync(content, attempt.Token);
                return new BlobReading.Found(content, download.Details.ETag);
            }
            catch (RequestFailedException error) when (error.Status == 304)
            {
                return new BlobReading.Unchanged();
            }
            catch (RequestFailedException error) when (error.IsBlobMissing())
            {
                return new BlobReading.Missing();
            }
        }, cancellationToken);

    /// <summary>Lists the blobs whose names begin with <paramref name="prefix"/> in order of name, one call a page.</summary>
    public IAsyncEnumerable<ListedBlob> ListAsync(string prefix, BlobTraits traits, int pageSize, CancellationToken cancellationToken) =>
        ListAsync(prefix, traits, BlobStates.None, pageSize, cancellationToken);

    /// <summary>Lists them with all their versions, those of one name in order of time, and with metadata. One call a page.</summary>
    public IAsyncEnumerable<ListedBlob> ListVersionsAsync(string prefix, int pageSize, CancellationToken cancellationToken) =>
        ListAsync(prefix, BlobTraits.Metadata, BlobStates.Version, pageSize, cancellationToken);

    private async IAsyncEnumerable<ListedBlob> ListAsync(
        string prefix, BlobTraits traits, BlobStates states, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var page = await retry.RunAsync(
                $"list {Path(prefix)}", attempt => ReadPageAsync(prefix, traits, states, pageSize, next, attempt.Token), cancellationToken);
            foreach (var blob in page.Blobs)
                yield return blob;
            next = page.Next;
        }
        while (!string.IsNullOrEmpty(next));
    }

    /// <summary>Notes a blob that is not ours.</summary>
    public void SkipForeign() => retry.Logger.ForeignName(container.Name);

    /// <summary>Who wrote a blob, its metadata and state, or null if there is none. One call, and no repetition.</summary>
    public async Task<(string? Writer, IDictionary<string, string> Metadata, ETag Tag)?> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var properties = (await Blob(name).GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
            return (properties.Metadata.TryGetValue(WriterKey, out var writer) ? writer : null, properties.Metadata, properties.ETag);
        }
        catch (RequestFailedException error) when (error.IsBlobMissing())
        {
            return null;
        }
    }

    /// <summary>Container and name, for logs and exceptions.</summary>
    public string Path(string name) => $"{container.Name}/{name}";

    /// <summary>Metadata with the writer's nonce.</summary>
    public static Dictionary<string, string> WithWriter(IReadOnlyDictionary<string, string>? metadata, string writer) =>
        new(metadata ?? new Dictionary<string, string>()) { [WriterKey] = writer };

    // The tag of what this call made; without one it was refused, and the blob that was in its way is there or not.
    private Task<(ETag? Tag, bool IsAbsent)> PutNewAsync(
        string name, BlobContent content, BlobHttpHeaders type, IReadOnlyDictionary<string, string>? metadata, CancellationToken cancellationToken)
    {
        var writer = nonce();
        return retry.RunAsync<(ETag? Tag, bool IsAbsent)>($"create {Path(name)}", async attempt =>
        {
            try
            {
                return (await PutAsync(name, content, type, WithWriter(metadata, writer), IfAbsent, attempt.Token), false);
            }
            catch (RequestFailedException error) when (error.IsConditionNotMet())
            {
                var found = await FindAsync(name, attempt.Token);
                return (found?.Writer == writer ? found?.Tag : null, found is null);
            }
        }, cancellationToken);
    }

    /// <summary>
    /// Creates a blob after a refusal that met none: Azurite takes blocks that a writer staged and never committed for one. Believing it would lose the
    /// mail, since "there already" means delivered. A commit of blocks is not refused.
    /// </summary>
    public async Task<bool> CreateOverBlocksAsync(
        string name, BlobContent content, BlobHttpHeaders type, IReadOnlyDictionary<string, string>? metadata, CancellationToken cancellationToken)
    {
        var upload = Upload(name);
        var isEmpty = content.First.IsEmpty && content.Second.IsEmpty; // a Put Block of nothing is refused
        if (!isEmpty)
            await upload.StageAsync(0, content, cancellationToken);
        return await upload.CommitAsync(isEmpty ? 0 : 1, type, metadata, cancellationToken);
    }

    /// <summary>One Put Blob, and no repetition.</summary>
    public async Task<ETag> PutAsync(
        string name, BlobContent content, BlobHttpHeaders type, IReadOnlyDictionary<string, string>? metadata, BlobRequestConditions? conditions,
        CancellationToken cancellationToken)
    {
        using var stream = content.ToStream();
        var options = new BlobUploadOptions { Conditions = conditions, HttpHeaders = type, TransferOptions = OneRequest };
        if (metadata is not null)
            options.Metadata = new Dictionary<string, string>(metadata);
        return (await Blob(name).UploadAsync(stream, options, cancellationToken)).Value.ETag;
    }

    private async Task<ListedPage> ReadPageAsync(
        string prefix, BlobTraits traits, BlobStates states, int pageSize, string? from, CancellationToken cancellationToken)
    {
        var page = new ListedPage();
        using (ListAnswers.Fill(page))
        {
            await foreach (var _ in container.GetBlobsAsync(traits, states, prefix, cancellationToken).AsPages(from, pageSize).WithCancellation(cancellationToken))
                break;
        }
        return page;
    }
}

/// <summary>What came of reading a small blob.</summary>
internal abstract record BlobReading
{
    private BlobReading()
    {
    }

    /// <summary>There is none.</summary>
    public sealed record Missing : BlobReading;

    /// <summary>It is still what it was.</summary>
    public sealed record Unchanged : BlobReading;

    /// <summary>Its content, and the tag of this state.</summary>
    public sealed record Found(byte[] Content, ETag Tag) : BlobReading;
}
