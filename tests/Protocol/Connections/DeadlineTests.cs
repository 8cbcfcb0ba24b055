// The time limit of a connection, when the connection ends at the very moment at which it passes.
using MailFunctions.Gateway.Connections;

namespace MailFunctions.Protocol.Connections;

public sealed class DeadlineTests
{
    [Fact]
    public void A_timer_that_fires_while_its_connection_ends_throws_nothing_which_would_end_the_process()
    {
        var time = new LateTimers();
        var deadline = new Deadline(time);
        deadline.Start(TimeSpan.FromSeconds(1));
        deadline.Dispose(); // as the framework's timers do, this waits for no callback that is about to run
        time.Fire();
        Assert.True(time.Fired);
    }

    private sealed class LateTimers : TimeProvider
    {
        private TimerCallback? _callback;
        private object? _state;

        public bool Fired { get; private set; }

        public void Fire()
        {
            _callback!(_state);
            Fired = true;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_callback, _state) = (callback, state);
            return new DeafTimer();
        }
    }

    private sealed class DeafTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
