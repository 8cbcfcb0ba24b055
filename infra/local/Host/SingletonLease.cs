// The blob lease that makes a timer run in one host only.
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;

namespace MailFunctions.Local.Host;

/// <summary>
/// A held lease on <c>locks/{host}/Host.Functions.{function}.Listener</c> in the container azure-webjobs-hosts, renewed at half its period. It makes one
/// holder likely, not certain: between its loss and the holder's notice there may be two.
/// </summary>
internal sealed class SingletonLease : IAsyncDisposable
{
    private readonly BlobLeaseClient _lease;
    private readonly TimeSpan _period;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _released = new();
    private readonly Task _renewal;

    private SingletonLease(BlobLeaseClient lease, TimeSpan period, TimeProvider time)
    {
        _lease = lease;
        _period = period;
        _time = time;
        _renewal = RenewAsync();
    }

    /// <summary>Cancelled when the lease is no longer ours.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Takes the lease if nobody has it.</summary>
    /// <returns>The lease, or null where another host holds it.</returns>
    /// <exception cref="RequestFailedException">The storage service does not answer as it should.</exception>
    public static async Task<SingletonLease?> TryTakeAsync(
        BlobContainerClient container, string hostId, string function, TimeSpan period, TimeProvider time, CancellationToken cancellationToken)
    {
        var blob = container.GetBlobClient($"locks/{hostId}/Host.Functions.{function}.Listener");
        try
        {
            await blob.UploadAsync(BinaryData.FromString(""), overwrite: false, cancellationToken);
        }
        catch (RequestFailedException trouble) when (trouble.Status is 409 or 412)
        {
            // it exists; its content matters to nobody
        }
        var lease = blob.GetBlobLeaseClient();
        try
        {
            await lease.AcquireAsync(period, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException trouble) when (trouble.Status == 409)
        {
            return null;
        }
        return new SingletonLease(lease, period, time);
    }

    /// <summary>Gives the lease up, so that another host need not wait for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _released.CancelAsync();
        await _renewal;
        if (!_lost.IsCancellationRequested)
        {
            try
            {
                await _lease.ReleaseAsync();
            }
            catch (RequestFailedException)
            {
                // it ends by itself
            }
        }
        _lost.Dispose();
        _released.Dispose();
    }

    private async Task RenewAsync()
    {
        var renewed = _time.GetTimestamp();
        while (true)
        {
            await Task.Delay(_period / 2, _time, _released.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_released.IsCancellationRequested)
                return;
            try
            {
                await _lease.RenewAsync();
                renewed = _time.GetTimestamp();
            }
            catch (RequestFailedException trouble) when (trouble.Status is 404 or 409 or 412)
            {
                await _lost.CancelAsync();
                return;
            }
            catch (Exception trouble) when (trouble is RequestFailedException or AggregateException)
            {
                if (_time.GetElapsedTime(renewed) >= _period)
                {
                    await _lost.CancelAsync();
                    return;
                }
            }
        }
    }
}
