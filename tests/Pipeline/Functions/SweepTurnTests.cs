// That the sweep comes to every message, however many wait.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig.Memory;
using static MailFunctions.Pipeline.Functions.PipelineRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class SweepTurnTests : IDisposable
{
    private const int Waiting = 200; // over five days, where one tick has time for about forty

    private readonly PipelineRig _rig = new();

    // A look that ran out of time began at the oldest message again the next time, and never came to the others.
    [Fact]
    public async Task However_slow_the_lists_each_idle_message_has_its_turn()
    {
        var time = _rig.Stores.Time;
        var all = Enumerable.Range(1, Waiting).Select(number => Spooled(TimeSpan.FromHours(120) * number / Waiting)).ToHashSet();

        for (var hour = 0; hour < 40; hour++)
        {
            time.OnTimestamp = null;
            time.Advance(TimeSpan.FromMinutes(55));
            var last = time.GetUtcNow() - TimeSpan.FromHours(1);
            time.OnTimestamp = () => time.Advance(TimeSpan.FromSeconds(6)); // asked for at every row
            await _rig.Sweep.RunAsync(last, CancellationToken.None);
        }

        Assert.Empty(all.Except(_rig.Stores.Queue.Items(WorkQueue.Accepted).Select(item => item.Id)));
    }

    [Fact]
    public async Task A_sweep_that_runs_out_of_time_says_so_once_and_ends_within_its_time()
    {
        var time = _rig.Stores.Time;
        for (var number = 1; number <= Waiting; number++)
            Spooled(TimeSpan.FromHours(120) * number / Waiting);
        time.OnTimestamp = () => time.Advance(TimeSpan.FromSeconds(6));
        var began = time.GetUtcNow();

        await _rig.Sweep.RunAsync(began - TimeSpan.FromHours(1), CancellationToken.None);

        Assert.Single(_rig.Log.Lines, line => line.Event == 1031);
        Assert.InRange(time.GetUtcNow() - began, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
    }

    public void Dispose() => _rig.Dispose();

    private SpoolId Spooled(TimeSpan age)
    {
        var id = SpoolId.New(new ManualTime(_rig.Stores.Clock.UtcNow - age));
        _rig.Stores.Spool.Put(EnvelopeOf(id, [EmailAddress.Parse("alice@example.test")]), "x"u8.ToArray(), _rig.Stores.Clock.UtcNow - age);
        return id;
    }
}
