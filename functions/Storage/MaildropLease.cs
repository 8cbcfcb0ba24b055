// The exclusive hold on a maildrop: a blob lease of 60 seconds.
using Azure;
using Azure.Storage.Blobs.Specialized;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>
/// A lease under an id of our choice, so that a repeated try of taking it, after the first one's answer was lost, takes what is ours already. What remains
/// of it is counted from before the call: the service's count begins later, so it never ends before ours.
/// </summary>
internal sealed class MaildropLease : IMaildropLease
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);

    private readonly StoreContainer _directory;
    private readonly string _name;
    private readonly BlobLeaseClient _lease;
    private long _from;

    private MaildropLease(StoreContainer directory, string name)
    {
        _directory = directory;
        _name = name;
        // A lease id is a GUID, and so is a nonce.
        _lease = directory.Blob(name).GetBlobLeaseClient(Guid.ParseExact(directory.NewNonce(), "N").ToString());
    }

    /// <inheritdoc/>
    public TimeSpan Remaining
    {
        get
        {
            var left = Duration - _directory.Retry.Clock.GetElapsedTime(Volatile.Read(ref _from));
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Takes the lease; the blob it is on is made when it is missing.</summary>
    /// <returns>Null if another has it.</returns>
    /// <exception cref="StoreUnavailableException">Storage could not be reached; the lease may be taken and then lapses.</exception>
    public static async Task<MaildropLease?> TryTakeAsync(StoreContainer directory, string name, CancellationToken cancellationToken)
    {
        var lease = new MaildropLease(directory, name);
        var taken = await lease.TryTakeAsync(cancellationToken);
        if (taken is null)
        {
            await lease.MakeBlobAsync(cancellationToken);
            taken = await lease.TryTakeAsync(cancellationToken);
        }
        return taken == true ? lease : null;
    }

    /// <inheritdoc/>
    public Task<bool> RenewAsync(CancellationToken cancellationToken) =>
        _directory.Retry.RunAsync($"renew the lease of {_directory.Path(_name)}", async attempt =>
        {
            var before = _directory.Retry.Clock.GetTimestamp();
            try
            {
                await _lease.RenewAsync(cancellationToken: attempt.Token);
            }
            catch (RequestFailedException error) when (error.IsLeaseLost() || error.IsBlobMissing())
            {
                return false;
            }
            Volatile.Write(ref _from, before);
            return true;
        }, cancellationToken);

    /// <inheritdoc/>
    public Task ReleaseAsync(CancellationToken cancellationToken) =>
        _directory.Retry.RunAsync($"release the lease of {_directory.Path(_name)}", async attempt =>
        {
            try
            {
                await _lease.ReleaseAsync(cancellationToken: attempt.Token);
            }
            catch (RequestFailedException error) when (error.IsLeaseLost() || error.IsBlobMissing())
            {
                // It is not ours any more, which is what was asked for.
            }
        }, cancellationToken);

    // True: taken. False: another's. Null: there is no blob to lease yet.
    private Task<bool?> TryTakeAsync(CancellationToken cancellationToken) =>
        _directory.Retry.RunAsync<bool?>($"lease {_directory.Path(_name)}", async attempt =>
        {
            var before = _directory.Retry.Clock.GetTimestamp();
            try
            {
                await _lease.AcquireAsync(Duration, cancellationToken: attempt.Token);
            }
            catch (RequestFailedException error) when (error.IsLeaseLost())
            {
                return false;
            }
            catch (RequestFailedException error) when (error.IsBlobMissing())
            {
                return null;
            }
            Volatile.Write(ref _from, before);
            return true;
        }, cancellationToken);

    private Task<bool> MakeBlobAsync(CancellationToken cancellationToken) =>
        _directory.CreateAsync(_name, default, ContentTypes.Empty, null, cancellationToken);
}
