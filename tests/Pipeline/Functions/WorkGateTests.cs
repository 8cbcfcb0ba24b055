// Suspect work runs alone.
using MailFunctions.App.Pipeline;
using static MailFunctions.Pipeline.Functions.PipelineRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class WorkGateTests
{
    [Fact]
    public async Task Ordinary_work_is_at_once_and_suspect_work_alone()
    {
        using var gate = new WorkGate();
        var one = await gate.EnterAsync(CancellationToken.None);
        var two = await gate.EnterAsync(CancellationToken.None);
        var alone = gate.EnterAloneAsync(CancellationToken.None);
        var later = gate.EnterAsync(CancellationToken.None);

        one.Dispose();
        Assert.False(alone.IsCompleted);
        two.Dispose();
        var stay = await alone;
        Assert.False(later.IsCompleted);
        stay.Dispose();
        (await later).Dispose();
    }

    [Fact]
    public async Task Who_gives_up_waiting_leaves_the_gate_as_it_was()
    {
        using var gate = new WorkGate();
        using var cancel = new CancellationTokenSource();
        var one = await gate.EnterAsync(CancellationToken.None);
        var alone = gate.EnterAloneAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => alone);
        one.Dispose();

        (await gate.EnterAloneAsync(CancellationToken.None)).Dispose();
    }

    [Fact]
    public async Task Never_is_anything_beside_work_that_is_alone()
    {
        using var gate = new WorkGate();
        int shared = 0, alone = 0, mixed = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 500), new ParallelOptions { MaxDegreeOfParallelism = 40 }, async (number, _) =>
        {
            var isAlone = number % 10 == 0;
            using (await (isAlone ? gate.EnterAloneAsync(CancellationToken.None) : gate.EnterAsync(CancellationToken.None)))
            {
                ref var mine = ref (isAlone ? ref alone : ref shared);
                Interlocked.Increment(ref mine);
                if (alone > 1 || alone > 0 && shared > 0)
                    Interlocked.Increment(ref mixed);
                Interlocked.Decrement(ref mine);
                await Task.Yield();
            }
        });
        Assert.Equal(0, mixed);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(9, true)]
    public async Task From_the_third_time_in_a_poison_queue_a_message_waits_until_it_is_alone(int poisoned, bool waits)
    {
        using var rig = new PipelineRig();
        var id = rig.Commit(Alice);
        var other = await rig.Gate.EnterAsync(CancellationToken.None);

        var route = rig.RouteAsync(id, poisoned);
        if (!waits)
            await route;
        Assert.Equal(waits, rig.Stores.Spool.Ids.Contains(id));
        other.Dispose();
        await route;

        Assert.Empty(rig.Stores.Spool.Ids);
    }
}
