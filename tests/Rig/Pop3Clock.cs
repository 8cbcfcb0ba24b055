// Time that passes only when a test says so, for gateway and storage alike.
using MailFunctions.Mail.Stores;

namespace MailFunctions.Rig;

/// <summary>A clock with timers that fire when the test moves it past them, in order.</summary>
public sealed class Pop3Clock : TimeProvider, IStoreClock
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public DateTimeOffset UtcNow => GetUtcNow();

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().Ticks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Whether a timer will fire when exactly this much more time has passed.</summary>
    public bool IsWaiting(TimeSpan due)
    {
        lock (_lock)
            return _timers.Any(timer => timer.Due == _now + due);
    }

    /// <summary>Lets time pass; timers fire on the caller's thread.</summary>
    public void Advance(TimeSpan time)
    {
        var end = GetUtcNow() + time;
        while (true)
        {
            Timer? next;
            lock (_lock)
            {
                next = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
                _now = next?.Due ?? end;
                next?.Stop();
            }
            if (next is null)
                return;
            next.Fire();
        }
    }

    private sealed class Timer(Pop3Clock clock, Action fire) : ITimer
    {
        public DateTimeOffset Due { get; private set; } = DateTimeOffset.MaxValue;

        public void Fire() => fire();

        public void Stop()
        {
            clock._timers.Remove(this);
            Due = DateTimeOffset.MaxValue;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Assert.Equal(Timeout.InfiniteTimeSpan, period);
            lock (clock._lock)
            {
                Stop();
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                Due = clock._now + dueTime;
                clock._timers.Add(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (clock._lock)
                Stop();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
