// A blob being read: with a time limit on every read, and with every kind of trouble told as one.
using Azure.Storage.Blobs.Models;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>
/// The body of a Get Blob. A read that fails, ends before the blob's length or brings nothing for <see cref="StoreRetry.TryLimit"/> throws
/// <see cref="StoreUnavailableException"/>; the end is told only when every octet has come.
/// </summary>
internal sealed class DownloadStream : ForwardStream
{
    private readonly BlobDownloadStreamingResult _download;
    private readonly string _name;
    private readonly CancellationTokenSource _limit;
    private long _left;

    public DownloadStream(BlobDownloadStreamingResult download, string name, TimeProvider clock)
    {
        _download = download;
        _name = name;
        _left = download.Details.ContentLength;
        Length = _left;
        _limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
    }

    /// <summary>The blob's octets.</summary>
    public override long Length { get; }

    /// <summary>When the blob was last written, by the storage service's clock.</summary>
    public DateTimeOffset WrittenAt => _download.Details.LastModified;

    /// <summary>The blob's metadata.</summary>
    public IDictionary<string, string> Metadata => _download.Details.Metadata;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0 || buffer.IsEmpty)
            return 0;
        using var giveUp = cancellationToken.UnsafeRegister(static limit => ((CancellationTokenSource)limit!).Cancel(), _limit);
        _limit.CancelAfter(StoreRetry.TryLimit);
        try
        {
            var count = await _download.Content.ReadAsync(buffer, _limit.Token);
            if (count == 0)
                throw new StoreUnavailableException($"Storage ended {_name} {_left} octets early.", null);
            _left -= count;
            _limit.CancelAfter(Timeout.InfiniteTimeSpan);
            return count;
        }
        catch (Exception error) when (error is not StoreUnavailableException && !cancellationToken.IsCancellationRequested)
        {
            throw new StoreUnavailableException($"Storage broke off {_name}: {StoreRetry.Describe(error)}.", error);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _download.Dispose();
            _limit.Dispose();
        }
        base.Dispose(disposing);
    }
}
