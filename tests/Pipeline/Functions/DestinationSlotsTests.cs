// The places at a destination.
using MailFunctions.App;
using MailFunctions.App.Pipeline.Relaying;
using MailFunctions.Mail;
using MailFunctions.Rig;
using MailFunctions.Rig.Peers;
using static MailFunctions.Pipeline.Functions.RelayRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class DestinationSlotsTests
{
    private readonly FakeTime _time = new();
    private readonly DestinationSlots _slots;

    public DestinationSlotsTests() =>
        _slots = new DestinationSlots(new RelayOptions { Hostname = DomainName.Parse("mail.example.test"), DestinationConcurrency = 2 }, _time);

    [Fact]
    public async Task A_destination_has_so_many_places_and_another_one_has_its_own()
    {
        using var first = await TakeAsync("one.test");
        using var second = await TakeAsync("one.test");
        using var other = await TakeAsync("two.test");
        Assert.NotNull(first);
        Assert.NotNull(second);
        Assert.NotNull(other);
        Assert.Equal((2, 1), (_slots.TakenAt("one.test"), _slots.TakenAt("two.test")));
    }

    [Fact]
    public async Task Who_waits_gets_the_place_that_comes_free_and_only_that_of_his_own_destination()
    {
        var first = await TakeAsync("one.test");
        using var second = await TakeAsync("one.test");
        var other = await TakeAsync("two.test");
        var third = TakeAsync("one.test");
        other!.Dispose();
        Assert.False(third.IsCompleted);
        first!.Dispose();
        first.Dispose(); // a second time is none
        using var got = await third;
        Assert.NotNull(got);
        Assert.Equal((2, 0), (_slots.TakenAt("one.test"), _slots.TakenAt("two.test")));
    }

    [Fact]
    public async Task Nobody_waits_for_long_and_few_wait_at_once()
    {
        using var first = await TakeAsync("one.test");
        using var second = await TakeAsync("one.test");
        var waiting = Enumerable.Range(0, DestinationSlots.MaxWaiting).Select(_ => TakeAsync("one.test")).ToList();
        Assert.Null(await TakeAsync("one.test")); // at once: the time stands still
        Assert.All(waiting, task => Assert.False(task.IsCompleted));

        _time.Advance(DestinationSlots.Patience);
        foreach (var task in waiting)
            Assert.Null(await task);
        var next = TakeAsync("one.test");
        Assert.False(next.IsCompleted); // those who left have left their place in the line as well
        second!.Dispose();
        using var got = await next;
        Assert.NotNull(got);
    }

    [Fact]
    public async Task Who_gives_up_waiting_leaves_no_trace()
    {
        using var first = await TakeAsync("one.test");
        var second = await TakeAsync("one.test");
        using var cancel = new CancellationTokenSource();
        var third = _slots.TakeAsync("one.test", cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        second!.Dispose();
        Assert.Equal(1, _slots.TakenAt("one.test"));
    }

    [Fact]
    public async Task Of_messages_to_a_site_whose_places_are_taken_those_who_find_none_come_back_and_nobody_is_refused()
    {
        await using var rig = new RelayRig(options => options with { DestinationConcurrency = 1 });
        var (reached, goOn) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var isFirst = true;
        var peer = rig.Domain("one.test", new PeerScript().With(PeerStage.Mail, new PeerAct.Say("250 2.1.0 OK\r\n")
        {
            Before = async () =>
            {
                if (!isFirst)
                    return;
                isFirst = false;
                reached.SetResult();
                await goOn.Task;
            },
        }));
        rig.Submit("first@one.test");
        var first = rig.DrainAsync();
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        rig.Submit("second@one.test");
        var second = rig.DrainAsync();
        while (!second.IsCompleted)
        {
            await Task.Delay(20); // it works in threads of its own
            rig.Stores.Time.Advance(DestinationSlots.Patience);
        }
        Assert.Single(peer.Sessions);
        Assert.Single(rig.Stores.Due.Entries);

        goOn.SetResult();
        await first;
        await rig.RunToRestAsync();
        Assert.Equal((1, 1), (Copies(peer, "first@one.test"), Copies(peer, "second@one.test")));
    }

    private Task<IDisposable?> TakeAsync(string destination) => _slots.TakeAsync(destination, CancellationToken.None).AsTask();
}
