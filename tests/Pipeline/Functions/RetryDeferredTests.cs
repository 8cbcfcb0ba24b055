// What a tick of RetryDeferred enqueues and what it leaves.
using MailFunctions.App.Pipeline;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig.Memory;

namespace MailFunctions.Pipeline.Functions;

public sealed class RetryDeferredTests : IDisposable
{
    private readonly PipelineRig _rig = new();

    [Theory]
    [InlineData(-60_000, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(60_000, false)]
    public async Task An_entry_is_enqueued_and_removed_when_its_time_has_come(int milliseconds, bool isDue)
    {
        var entry = Entry(milliseconds, null, 0);

        await _rig.Retry.RunAsync(CancellationToken.None);

        Assert.Equal(isDue ? 1 : 0, _rig.Stores.Queue.Items(WorkQueue.Accepted).Count);
        Assert.Equal(!isDue, _rig.Stores.Due.Entries.Contains(entry));
    }

    [Fact]
    public async Task Route_entries_go_to_accepted_the_others_to_relay_and_the_count_goes_with_them()
    {
        var route = Entry(-1, null, 4);
        var relay = Entry(-1, "one.test", 7);

        await _rig.Retry.RunAsync(CancellationToken.None);

        Assert.Equal(new WorkItem { Id = route.Id, Poisoned = 4 }, Assert.Single(_rig.Stores.Queue.Items(WorkQueue.Accepted)));
        Assert.Equal(new WorkItem { Id = relay.Id, Destination = "one.test", Poisoned = 7 }, Assert.Single(_rig.Stores.Queue.Items(WorkQueue.Relay)));
    }

    [Fact]
    public async Task A_tick_with_nothing_due_is_one_list_call_however_many_wait()
    {
        for (var i = 0; i < 100; i++)
            Entry(60_000 + i, "one.test", 0);

        await _rig.Retry.RunAsync(CancellationToken.None);

        Assert.Equal(["Due.List"], _rig.Stores.Faults.Calls);
    }

    [Theory]
    [InlineData(-900_000, 0)]
    [InlineData(-900_001, 1)]
    [InlineData(-90_000_000, 1)]
    public async Task A_tick_tells_once_that_the_oldest_of_what_is_due_is_late(int milliseconds, int told)
    {
        Entry(milliseconds, "one.test", 0);
        Entry(milliseconds, "two.test", 0);

        await _rig.Retry.RunAsync(CancellationToken.None);

        Assert.Equal(told, _rig.Log.Lines.Count(line => line.Event == 1023));
    }

    [Theory]
    [InlineData(4_990, 11)] // up to and including the one with which it holds more than 5,000
    [InlineData(5_000, 1)]
    [InlineData(5_001, 0)]
    public async Task It_stops_when_the_relay_queue_is_full(long waiting, int enqueued)
    {
        for (var i = 0; i < 50; i++)
            Entry(-100 + i, "one.test", 0);
        _rig.Stores.Queue.Others = waiting;

        await _rig.Retry.RunAsync(CancellationToken.None);

        Assert.InRange(_rig.Stores.Queue.Items(WorkQueue.Relay).Count, enqueued, enqueued == 0 ? 0 : enqueued + RetryDeferred.AtOnce); // what is under way at once
        Assert.Equal(50 - _rig.Stores.Queue.Items(WorkQueue.Relay).Count, _rig.Stores.Due.Entries.Count);
    }

    [Fact]
    public async Task After_fifty_seconds_it_leaves_the_rest_to_the_next_tick()
    {
        for (var i = 0; i < 100; i++)
            Entry(-100, null, 0);
        _rig.Stores.Time.OnTimestamp = () => _rig.Stores.Time.Advance(TimeSpan.FromSeconds(5));

        await _rig.Retry.RunAsync(CancellationToken.None);

        Assert.InRange(_rig.Stores.Queue.Items(WorkQueue.Accepted).Count, 5, 15);
        Assert.Equal(100, _rig.Stores.Queue.Items(WorkQueue.Accepted).Count + _rig.Stores.Due.Entries.Count);
    }

    [Fact]
    public async Task A_fault_at_any_call_leaves_every_entry_either_enqueued_or_still_there()
    {
        for (var call = 1; call < 100; call++)
        {
            foreach (var moment in Enum.GetValues<FaultMoment>())
            {
                using var rig = new PipelineRig();
                var ids = Enumerable.Range(0, 5).Select(_ => SpoolId.New(rig.Stores.Time)).ToList();
                ids.ForEach(id => rig.Stores.Due.Put(DueEntry.At(rig.Stores.Clock.UtcNow, id, "one.test", 1)));
                rig.Stores.Faults.FailAt(call, moment);

                var failed = await Record.ExceptionAsync(() => rig.Retry.RunAsync(CancellationToken.None));

                Assert.True(failed is null or StoreUnavailableException);
                Assert.Equal(
                    ids.ToHashSet(),
                    rig.Stores.Due.Entries.Select(entry => entry.Id).Concat(rig.Stores.Queue.Items(WorkQueue.Relay).Select(item => item.Id)).ToHashSet());
                if (failed is null)
                    return;
            }
        }
        Assert.Fail("The tick never ran without a fault.");
    }

    public void Dispose() => _rig.Dispose();

    private DueEntry Entry(int milliseconds, string? destination, int poisoned)
    {
        var entry = DueEntry.At(_rig.Stores.Clock.UtcNow.AddMilliseconds(milliseconds), SpoolId.New(_rig.Stores.Time), destination, poisoned);
        _rig.Stores.Due.Put(entry);
        return entry;
    }
}
