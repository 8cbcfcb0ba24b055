// One resettable time limit per connection.
namespace MailFunctions.Gateway.Connections;

/// <summary>A token that is cancelled when a started limit passes. One timer serves all waits of a connection, one after the other.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly ITimer _timer;

    public Deadline(TimeProvider time) => _timer = time.CreateTimer(Pass, _source, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Cancelled once a limit has passed; then the connection has nothing left to wait for.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Starts or restarts the limit.</summary>
    public void Start(TimeSpan limit) => _timer.Change(limit, Timeout.InfiniteTimeSpan);

    /// <summary>Stops it.</summary>
    public void Stop() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _source.Dispose();
    }

    // Disposing a timer waits for no callback that is on its way, and what a callback throws ends the process with all its connections.
    private static void Pass(object? state)
    {
        try
        {
            ((CancellationTokenSource)state!).Cancel();
        }
        catch (ObjectDisposedException)
        {
            // the connection ended just before its limit passed
        }
    }
}
