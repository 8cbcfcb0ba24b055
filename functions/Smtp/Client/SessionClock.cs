// The time of one session: what is left of the whole, and the wait that runs now.
namespace MailFunctions.Smtp.Client;

/// <summary>
/// One timer for all waits of a session, one after the other, none beyond the session's whole time. Once it has gone off, or the caller has cancelled,
/// the session is over.
/// </summary>
internal sealed class SessionClock : IDisposable
{
    private readonly TimeProvider _time;
    private readonly long _begun;
    private long _start;
    private TimeSpan _budget;
    private readonly CancellationTokenSource _over = new();
    private readonly ITimer _timer;

    public SessionClock(TimeProvider time, TimeSpan budget)
    {
        _time = time;
        _begun = _start = time.GetTimestamp();
        _budget = budget;
        _timer = time.CreateTimer(static clock => ((SessionClock)clock!).End(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when a wait has taken too long, and when the session is dropped.</summary>
    public CancellationToken Token => _over.Token;

    /// <summary>The time since the session began.</summary>
    public TimeSpan Age => _time.GetElapsedTime(_begun);

    /// <summary>Gives the session its whole time anew.</summary>
    public void Renew(TimeSpan budget)
    {
        _start = _time.GetTimestamp();
        _budget = budget;
    }

    /// <summary>Starts or restarts the wait.</summary>
    public void Start(TimeSpan limit)
    {
        var left = _budget - _time.GetElapsedTime(_start);
        if (left <= TimeSpan.Zero)
            End();
        else
            _timer.Change(left < limit ? left : limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Stops it.</summary>
    public void Stop() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Ends every wait, now and from now on.</summary>
    public void End()
    {
        try
        {
            _over.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The timer went off, or the caller cancelled, while the session was being closed: nobody waits any more.
        }
    }

    /// <summary>Ends every wait when the caller's token says so, until the result is disposed.</summary>
    public CancellationTokenRegistration Follow(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static clock => ((SessionClock)clock!).End(), this);

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _over.Dispose();
    }
}
