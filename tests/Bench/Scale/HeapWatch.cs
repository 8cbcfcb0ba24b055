// The most memory that work holds while it goes on.
namespace MailFunctions.Bench.Scale;

/// <summary>
/// Collects everything twice a second and looks at what is left: what it sees is held, and not left over.
/// </summary>
internal sealed class HeapWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly long _before = GC.GetTotalMemory(forceFullCollection: true);
    private readonly Task _watching;
    private long _peak;

    public HeapWatch() => _watching = Task.Run(WatchAsync);

    /// <summary>The most octets that were held more than at the beginning.</summary>
    public long Peak => Math.Max(0, Interlocked.Read(ref _peak) - _before);

    /// <summary>The octets that are held more than at the beginning.</summary>
    public long Held => Math.Max(0, GC.GetTotalMemory(forceFullCollection: true) - _before);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            _peak = Math.Max(_peak, GC.GetTotalMemory(forceFullCollection: true));
            await Task.Delay(TimeSpan.FromMilliseconds(500), CancellationToken.None);
        }
    }
}
