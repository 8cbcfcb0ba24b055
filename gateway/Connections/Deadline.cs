// One resettable time limit per connection.
namespace MailFunctions.Gateway.Connections;

/// <summary>A token that is cancelled when a started limit passes. One timer serves all waits of a connection, one after the other.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly ITimer _timer;
    private CancellationTokenSource _source = new();

    public Deadline(TimeProvider time) =>
        _timer = time.CreateTimer(static deadline => ((Deadline)deadline!).Pass(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Cancelled once a limit has passed; then there is nothing left to wait for before <see cref="Renew"/>.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Starts or restarts the limit.</summary>
    public void Start(TimeSpan limit) => _timer.Change(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, Timeout.InfiniteTimeSpan);

    /// <summary>Stops it.</summary>
    public void Stop() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Stops it, and makes a new token if the limit has passed: what is still to be said needs one.</summary>
    public void Renew()
    {
        Stop();
        if (!_source.IsCancellationRequested)
            return;
        _source.Dispose();
        _source = new CancellationTokenSource();
    }

    /// <summary>Lets it pass now.</summary>
    public void Pass()
    {
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Disposing a timer waits for no callback that is on its way, and what a callback throws ends the process with all its connections.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _source.Dispose();
    }
}
