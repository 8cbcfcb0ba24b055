// The clock of a session that is over.
using MailFunctions.Rig.Memory;
using MailFunctions.Smtp.Client;

namespace MailFunctions.Protocol.Client;

public sealed class SessionClocks
{
    [Fact]
    public void A_timer_that_goes_off_while_its_session_is_closed_does_no_harm()
    {
        var time = new LateTimer();
        var clock = new SessionClock(time, TimeSpan.FromMinutes(1));
        clock.Start(TimeSpan.FromSeconds(1));
        clock.Dispose();

        time.Fire(); // what an unhandled exception there would do is end the process
    }

    [Fact]
    public void A_wait_ends_with_its_limit_or_with_the_whole_time()
    {
        var time = new ManualTime();
        using var clock = new SessionClock(time, TimeSpan.FromSeconds(10));
        clock.Start(TimeSpan.FromSeconds(8));
        time.Advance(TimeSpan.FromSeconds(7));
        clock.Start(TimeSpan.FromSeconds(8));
        time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(clock.Token.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.True(clock.Token.IsCancellationRequested);
    }

    /// <summary>A time whose timer has gone off when it is disposed, and is called back only then.</summary>
    private sealed class LateTimer : TimeProvider
    {
        private Action? _fire;

        public void Fire() => _fire?.Invoke();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _fire = () => callback(state);
            return System.CreateTimer(static _ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
