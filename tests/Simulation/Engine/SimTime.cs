// The one clock of a simulation: everything that waits, waits for it.
namespace MailFunctions.Simulation.Engine;

/// <summary>Time that jumps to the next timer when all else is done. Timers of the same time fire in the order in which they were set.</summary>
internal sealed class SimTime : TimeProvider
{
    private readonly PriorityQueue<(Timer Timer, int Version), (DateTimeOffset, long)> _timers = new();
    private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private long _set;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _now;

    /// <inheritdoc/>
    public override long GetTimestamp() => _now.Ticks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period > TimeSpan.Zero)
            throw new NotSupportedException("Nothing here uses periodic timers.");
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves on to the next timer and fires it.</summary>
    /// <returns>False if there is none.</returns>
    public bool FireNext()
    {
        while (_timers.TryDequeue(out var next, out var at))
        {
            if (next.Timer.Version != next.Version)
                continue;
            if (at.Item1 > _now)
                _now = at.Item1;
            next.Timer.Fire();
            return true;
        }
        return false;
    }

    private sealed class Timer(SimTime time, TimerCallback callback, object? state) : ITimer
    {
        public int Version { get; private set; }

        public void Fire()
        {
            Version++;
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Version++;
            if (dueTime != Timeout.InfiniteTimeSpan)
                time._timers.Enqueue((this, Version), (time._now + dueTime, time._set++));
            return true;
        }

        public void Dispose() => Version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
