// What the sweep does with what it finds.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig.Memory;
using static MailFunctions.Pipeline.Functions.PipelineRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class SweepSpoolTests : IDisposable
{
    private readonly PipelineRig _rig = new();

    private DateTimeOffset Now => _rig.Stores.Clock.UtcNow;

    [Theory]
    [InlineData(9, 0)]
    [InlineData(10, 1)]
    [InlineData(15, 1)]
    [InlineData(29, 0)]
    [InlineData(45, 1)]
    public async Task A_message_without_ledger_is_enqueued_when_it_is_idle(int ageMinutes, int hints)
    {
        var id = Spooled(TimeSpan.FromMinutes(ageMinutes));

        await SweepAsync(TimeSpan.FromMinutes(9));

        Assert.Equal(Enumerable.Repeat(id, hints), _rig.Stores.Queue.Items(WorkQueue.Accepted).Select(item => item.Id));
        Assert.Empty(_rig.Stores.Queue.Items(WorkQueue.Relay));
    }

    [Fact]
    public async Task Ages_are_told_by_the_storage_services_clock()
    {
        var id = Spooled(TimeSpan.Zero);
        _rig.Stores.Clock.Ahead = TimeSpan.FromMinutes(11);

        await SweepAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(id, Assert.Single(_rig.Stores.Queue.Items(WorkQueue.Accepted)).Id);
    }

    [Fact]
    public async Task A_tick_with_nothing_idle_lists_and_does_nothing_else()
    {
        Spooled(TimeSpan.FromMinutes(1));
        _rig.Stores.Faults.Clear();

        await SweepAsync(TimeSpan.FromMinutes(10));

        Assert.Equal(["Ledger.List", "Spool.List"], _rig.Stores.Faults.Calls.Distinct().Order());
    }

    [Fact]
    public async Task An_old_message_is_found_by_the_hourly_look_only()
    {
        _rig.Stores.Time.Advance(TimeSpan.FromMinutes(30)); // 10:30
        var id = Spooled(TimeSpan.FromMinutes(645));

        await SweepAsync(TimeSpan.FromMinutes(10));
        Assert.Empty(_rig.Stores.Queue.Items(WorkQueue.Accepted));

        await SweepAsync(TimeSpan.FromMinutes(40));
        Assert.Equal(id, Assert.Single(_rig.Stores.Queue.Items(WorkQueue.Accepted)).Id);
    }

    [Fact]
    public async Task Without_a_tick_before_everything_idle_is_enqueued()
    {
        SpoolId[] ids = [Spooled(TimeSpan.FromDays(3)), Spooled(TimeSpan.FromMinutes(30)), Spooled(TimeSpan.FromMinutes(12))];
        Spooled(TimeSpan.FromMinutes(3));

        await _rig.Sweep.RunAsync(null, CancellationToken.None);

        Assert.Equal(ids, _rig.Stores.Queue.Items(WorkQueue.Accepted).Select(item => item.Id).Order());
    }

    [Theory]
    [InlineData(5, 1)]
    [InlineData(6, 0)]
    public async Task The_sweep_does_not_feed_an_overload(int oldestMinutes, int hints)
    {
        Spooled(TimeSpan.FromMinutes(12));
        WithLedger(DestinationState.Due, next: Now - TimeSpan.FromMinutes(12));
        _rig.Stores.Queue.OldestAge = TimeSpan.FromMinutes(oldestMinutes);

        await SweepAsync(TimeSpan.FromMinutes(10));

        Assert.Equal(hints, _rig.Stores.Queue.Items(WorkQueue.Accepted).Count);
        Assert.Equal(hints, _rig.Stores.Queue.Items(WorkQueue.Relay).Count);
    }

    [Fact]
    public async Task While_it_enqueues_many_the_sweep_looks_after_the_queue_again()
    {
        for (var i = 0; i < 1_200; i++)
            Spooled(TimeSpan.FromMinutes(12));
        _rig.Stores.Faults.Plan((_, name) =>
        {
            if (_rig.Stores.Queue.Items(WorkQueue.Accepted).Count > 0)
                _rig.Stores.Queue.OldestAge = TimeSpan.FromMinutes(6);
            return null;
        });

        await SweepAsync(TimeSpan.FromMinutes(10));

        Assert.Equal(500, _rig.Stores.Queue.Items(WorkQueue.Accepted).Count);
    }

    [Fact]
    public async Task What_is_held_is_skipped_without_a_read()
    {
        WithLedger(DestinationState.Held, next: null);
        _rig.Stores.Faults.Clear();

        await _rig.Sweep.RunAsync(null, CancellationToken.None);

        Assert.Equal(["Ledger.List", "Spool.List"], _rig.Stores.Faults.Calls.Order());
    }

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(9, 0)]
    [InlineData(11, 1)]
    public async Task A_ledger_whose_time_passed_is_relayed_by_open_destination(int minutesPast, int hints)
    {
        var id = WithLedger(DestinationState.Due, next: Now - TimeSpan.FromMinutes(minutesPast));

        await SweepAsync(TimeSpan.FromMinutes(10));

        Assert.Equal(
            Enumerable.Repeat((id, (string?)"open.test"), hints),
            _rig.Stores.Queue.Items(WorkQueue.Relay).Select(item => (item.Id, item.Destination)));
        Assert.Empty(_rig.Stores.Queue.Items(WorkQueue.Accepted));
    }

    [Theory]
    [InlineData(23, null, true)]
    [InlineData(25, null, false)]
    [InlineData(25, "", false)] // the mark of a finished report is no message
    [InlineData(25, "x", true)]
    public async Task A_ledger_without_spool_blob_is_deleted_after_a_day_if_it_is_confirmed(int ageHours, string? spooled, bool stays)
    {
        var id = IdOf(TimeSpan.FromHours(ageHours));
        _rig.Stores.Ledger.Put(new Ledger(id, Sender, default, []), next: null, changedAt: Now - TimeSpan.FromHours(ageHours));
        if (spooled is not null)
            _rig.Stores.Spool.Put(EnvelopeOf(id, [Alice]), System.Text.Encoding.ASCII.GetBytes(spooled), Now - TimeSpan.FromHours(ageHours));

        await _rig.Sweep.RunAsync(null, CancellationToken.None);

        Assert.Equal(stays, _rig.Stores.Ledger.Ids.Contains(id));
    }

    [Fact]
    public async Task A_message_that_reappears_between_listing_and_deletion_keeps_its_ledger()
    {
        var id = IdOf(TimeSpan.FromDays(2));
        _rig.Stores.Ledger.Put(new Ledger(id, Sender, default, []), next: null, changedAt: Now - TimeSpan.FromDays(2));
        _rig.Stores.Faults.Plan((_, name) =>
        {
            if (name == "Ledger.Read")
                _rig.Stores.Spool.Put(EnvelopeOf(id, [Alice]), "x"u8.ToArray());
            return null;
        });

        await _rig.Sweep.RunAsync(null, CancellationToken.None);

        Assert.Equal([id], _rig.Stores.Ledger.Ids);
    }

    [Fact]
    public async Task An_orphaned_ledger_of_an_unknown_version_is_left_alone()
    {
        var id = IdOf(TimeSpan.FromDays(2));
        _rig.Stores.Ledger.PutUnreadable(id, new LedgerReading.UnknownVersion(9), next: null, changedAt: Now - TimeSpan.FromDays(2));

        await _rig.Sweep.RunAsync(null, CancellationToken.None);

        Assert.Equal([id], _rig.Stores.Ledger.Ids);
    }

    [Fact]
    public async Task A_damaged_ledger_that_is_due_is_parked_once()
    {
        var id = WithLedger(DestinationState.Due, next: null);
        _rig.Stores.Ledger.PutUnreadable(id, new LedgerReading.Damaged("not JSON"), next: Now - TimeSpan.FromHours(1));

        await _rig.Sweep.RunAsync(null, CancellationToken.None);
        await _rig.Sweep.RunAsync(null, CancellationToken.None);

        Assert.Equal([id.Text], _rig.Stores.Parked.Names);
        Assert.Single(_rig.Log.Lines, line => line.Event == 1900);
    }

    [Fact]
    public async Task What_is_parked_is_skipped()
    {
        var id = Spooled(TimeSpan.FromHours(1));
        await _rig.Stores.Parked.ParkAsync(id, "damaged", CancellationToken.None);

        await _rig.Sweep.RunAsync(null, CancellationToken.None);

        Assert.Empty(_rig.Stores.Queue.Items(WorkQueue.Accepted));
    }

    [Theory]
    [InlineData(6, true)]
    [InlineData(8, false)]
    public async Task The_empty_mark_of_a_finished_report_stays_for_seven_days(int ageDays, bool stays)
    {
        var id = IdOf(TimeSpan.FromDays(ageDays));
        _rig.Stores.Spool.Put(EnvelopeOf(id, [Alice]), [], Now - TimeSpan.FromDays(ageDays));

        await _rig.Sweep.RunAsync(null, CancellationToken.None);

        Assert.Equal(stays, _rig.Stores.Spool.Marks.Contains(id));
        Assert.Empty(_rig.Stores.Queue.Items(WorkQueue.Accepted));
    }

    [Fact]
    public async Task Lost_hints_of_many_messages_are_all_made_good_by_sweeps_alone()
    {
        for (var i = 0; i < 50; i++)
            _rig.Commit(Alice);

        DateTimeOffset? last = null;
        for (var tick = 0; tick < 3; tick++)
        {
            _rig.Stores.Time.Advance(TimeSpan.FromMinutes(10));
            var now = _rig.Stores.Time.GetUtcNow();
            await _rig.Sweep.RunAsync(last, CancellationToken.None);
            last = now;
        }
        foreach (var hint in _rig.Stores.Queue.Items(WorkQueue.Accepted))
            await _rig.Route.RunAsync(hint.ToBytes(), CancellationToken.None);

        Assert.Equal(50, _rig.Stores.Mailboxes.CopiesOf(Alice).Count);
        Assert.Empty(_rig.Stores.Spool.Ids);
    }

    [Theory]
    [InlineData(FaultMoment.Before)]
    [InlineData(FaultMoment.After)]
    public async Task A_sweep_that_fails_anywhere_loses_nothing_and_a_later_one_ends_the_work(FaultMoment moment)
    {
        for (var call = 1; call < 30; call++)
        {
            using var rig = new PipelineRig();
            var id = rig.Commit(Alice);
            rig.Stores.Ledger.Put(new Ledger(SpoolId.New(rig.Stores.Time), Sender, default, []), next: null);
            rig.Stores.Time.Advance(TimeSpan.FromDays(2));
            rig.Stores.Faults.FailAt(call, moment);

            var failed = await Record.ExceptionAsync(() => rig.Sweep.RunAsync(null, CancellationToken.None));
            Assert.True(failed is null or StoreUnavailableException);
            rig.Stores.Faults.Clear();
            await rig.Sweep.RunAsync(null, CancellationToken.None);

            Assert.Contains(rig.Stores.Queue.Items(WorkQueue.Accepted), item => item.Id == id);
            Assert.Equal([id], rig.Stores.Spool.Ids);
            Assert.Empty(rig.Stores.Ledger.Ids);
            if (failed is null)
                return;
        }
        Assert.Fail("The sweep never ran without a fault.");
    }

    public void Dispose() => _rig.Dispose();

    private Task SweepAsync(TimeSpan sinceLast) => _rig.Sweep.RunAsync(_rig.Stores.Time.GetUtcNow() - sinceLast, CancellationToken.None);

    private SpoolId IdOf(TimeSpan age) => SpoolId.New(new ManualTime(Now - age));

    private SpoolId Spooled(TimeSpan age)
    {
        var id = IdOf(age);
        _rig.Stores.Spool.Put(EnvelopeOf(id, [Alice]), "x"u8.ToArray(), Now - age);
        return id;
    }

    private SpoolId WithLedger(DestinationState state, DateTimeOffset? next)
    {
        var id = Spooled(TimeSpan.FromMinutes(30));
        var ledger = new Ledger(
            id, Sender, default, [new("open.test", state, [At("a@open.test")]), new("held.test", DestinationState.Held, [At("b@held.test")])]);
        _rig.Stores.Ledger.Put(ledger, next);
        return id;
    }
}
