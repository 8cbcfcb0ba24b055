// Whether storage answers, for those who watch from outside.
using MailFunctions.Mail.Stores;

namespace MailFunctions.App.Pipeline;

/// <summary>Asks storage one small question, and keeps the answer for a while: whoever asks often causes no more storage calls.</summary>
internal sealed class StorageHealth(IWorkQueue queue, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _one = new(1, 1);
    private long? _askedAt;
    private bool _answered;

    /// <summary>Whether storage answered when it was last asked.</summary>
    public async Task<bool> IsAnsweringAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_askedAt is { } askedAt && time.GetElapsedTime(askedAt) < Kept)
                return _answered;
            try
            {
                await queue.CountAsync(WorkQueue.Accepted, cancellationToken);
                _answered = true;
            }
            catch (StoreUnavailableException)
            {
                _answered = false;
            }
            _askedAt = time.GetTimestamp();
            return _answered;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();
}
