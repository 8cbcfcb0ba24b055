// The life of a message that does not leave: waits, warnings, the end, reports about reports, sites that are down, and clocks that are wrong.
using MailFunctions.Mail;
using MailFunctions.Rig.Peers;
using static MailFunctions.Pipeline.Functions.RelayRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class RelayLifeTests : IAsyncDisposable
{
    private static readonly PeerScript Busy = new PeerScript().Saying(PeerStage.Mail, "451 4.3.0 not now");
    private static readonly PeerScript Strict = new PeerScript().Saying(PeerStage.Rcpt, "550 5.1.1 unknown");

    private readonly RelayRig _rig = new();

    [Fact]
    public async Task F32_LP_08_the_sender_is_warned_once_after_four_hours_and_told_of_the_end_once_after_five_days()
    {
        _rig.Domain("one.test", Busy);
        var id = _rig.Submit("a@one.test");

        await _rig.RunForAsync(TimeSpan.FromHours(3.9));
        Assert.Empty(_rig.ReportsTo(Alice));
        await _rig.RunForAsync(TimeSpan.FromHours(2));
        Assert.Contains("Action: delayed", Assert.Single(_rig.ReportsTo(Alice)), StringComparison.Ordinal);
        await _rig.RunForAsync(TimeSpan.FromHours(113));
        Assert.Single(_rig.ReportsTo(Alice));
        Assert.Equal([id], _rig.Stores.Spool.Ids);
        await _rig.RunToRestAsync();

        Assert.Equal(2, _rig.ReportsTo(Alice).Count);
        var end = _rig.ReportsTo(Alice)[1];
        Assert.Contains("Action: failed", end, StringComparison.Ordinal);
        Assert.Contains("Status: 5.4.7", end, StringComparison.Ordinal);
        Assert.Contains("smtp; 451 4.3.0 not now", end, StringComparison.Ordinal);
        Assert.InRange(_rig.Now - id.Time, TimeSpan.FromDays(5), TimeSpan.FromDays(5) + TimeSpan.FromHours(1));
        Assert.InRange(_rig.Network.DialledAddresses.Count, 40, 90);
    }

    [Fact]
    public async Task F32_a_server_that_is_back_an_hour_before_the_end_gets_the_message_and_nobody_hears_of_a_failure()
    {
        _rig.Domain("one.test", Busy);
        _rig.Submit("a@one.test");
        await _rig.RunForAsync(TimeSpan.FromHours(119));
        var peer = _rig.Replace(1, new PeerScript());

        await _rig.RunToRestAsync();

        Assert.Single(peer.Taken);
        Assert.Single(_rig.ReportsTo(Alice));
    }

    [Fact]
    public async Task Mail_without_a_sender_lives_half_as_long_and_nobody_is_told()
    {
        _rig.Domain("one.test", Busy);
        var id = _rig.Submit(null, ["a@one.test"]);

        await _rig.RunToRestAsync();

        Assert.InRange(_rig.Now - id.Time, TimeSpan.FromDays(2.5), TimeSpan.FromDays(2.5) + TimeSpan.FromHours(1));
        Assert.Empty(_rig.ReportsTo(Alice));
        Assert.Empty(_rig.ReportsTo(Postmaster));
    }

    [Fact]
    public async Task F33_LP_03_a_report_that_cannot_be_delivered_goes_to_the_postmaster_and_no_further()
    {
        _rig.Domain("one.test", Strict);
        var home = _rig.Domain("home.test", Strict);
        _rig.Submit(EmailAddress.Parse("s@home.test"), ["a@one.test"]);

        await _rig.RunToRestAsync();

        Assert.Equal("FROM:<>", Assert.Single(home.Sessions).Lines.Single(line => line.StartsWith("MAIL", StringComparison.Ordinal)).Split(' ')[1]);
        Assert.Contains("Return-Path: <>", Assert.Single(_rig.ReportsTo(Postmaster)), StringComparison.Ordinal);
        Assert.Empty(_rig.ReportsTo(Alice));
        Assert.Equal(2, _rig.Stores.Spool.Marks.Count);
    }

    [Fact]
    public async Task F33_without_a_postmaster_who_exists_the_chain_ends_with_an_alert()
    {
        _rig.Domain("one.test", Strict);
        _rig.Directory.Domain("example.test", "nobody@example.test");
        _rig.Submit(EmailAddress.Parse("gone@example.test"), ["a@one.test"]);

        await _rig.RunToRestAsync();

        Assert.Contains(_rig.Log.Lines, line => line.Event == 1910);
        Assert.Empty(_rig.Stores.Spool.Marks);
    }

    [Fact]
    public async Task F33_the_report_for_a_sender_of_ours_who_is_gone_goes_to_the_postmaster()
    {
        _rig.Domain("one.test", Strict);
        _rig.Submit(EmailAddress.Parse("gone@example.test"), ["a@one.test"]);

        await _rig.RunToRestAsync();

        Assert.Contains("Action: failed", Assert.Single(_rig.ReportsTo(Postmaster)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_is_an_ordinary_message_with_the_first_one_returned_in_it()
    {
        _rig.Domain("one.test", Strict);
        var id = _rig.Submit("a@one.test");

        await _rig.RunToRestAsync();

        var report = Assert.Single(_rig.ReportsTo(Alice));
        Assert.Contains("Return-Path: <>", report, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-replied", report, StringComparison.Ordinal);
        Assert.Contains("In-Reply-To: <1@example.test>", report, StringComparison.Ordinal);
        Assert.Contains("Remote-MTA: dns; mx.one.test", report, StringComparison.Ordinal);
        Assert.Contains(System.Text.Encoding.ASCII.GetString(Content), report, StringComparison.Ordinal);
        var uid = Assert.Single(_rig.Stores.Mailboxes.CopiesOf(Alice));
        Assert.Equal([uid], _rig.Stores.Spool.Marks);
        Assert.Equal(SpoolId.Derive(uid.Time, id, 1), uid);
    }

    [Theory]
    [InlineData("a@one.test", false)]
    [InlineData("a@one.test", true)]
    [InlineData("alice@example.test", false)]
    [InlineData("alice@example.test", true)]
    [InlineData("a@strict.test", true)] // its end is that of its report
    public async Task F07_a_message_that_may_come_again_leaves_a_mark_at_its_end(string recipient, bool mayComeAgain)
    {
        _rig.Domain("one.test");
        _rig.Domain("strict.test", Strict);
        var id = _rig.Submit(Alice, [recipient], mayComeAgain: mayComeAgain);

        await _rig.RunToRestAsync();

        Assert.Equal(mayComeAgain, _rig.Stores.Spool.Marks.Contains(id));
        Assert.Empty(_rig.Stores.Spool.Ids);
        Assert.Empty(_rig.Stores.Ledger.Ids);
    }

    [Fact]
    public async Task A_dead_site_is_probed_once_and_not_once_per_message()
    {
        _rig.Exchanger("dead.test", 10, "mx.dead.test", answers: false);
        for (var number = 0; number < 50; number++)
            _rig.Submit($"user{number}@dead.test");

        await _rig.DrainAsync();
        Assert.Single(_rig.Network.DialledAddresses);
        Assert.Equal("dead.test", Assert.Single(_rig.Stores.Destinations.Open).Destination);

        await _rig.RunForAsync(TimeSpan.FromHours(1));
        Assert.InRange(_rig.Network.DialledAddresses.Count, 4, 12);

        var peer = _rig.Replace(1, new PeerScript());
        await _rig.RunToRestAsync();

        Assert.Equal(50, peer.Taken.Count);
        Assert.Empty(_rig.Stores.Destinations.Open);
        Assert.Empty(_rig.ReportsTo(Alice));
    }

    [Fact]
    public async Task While_a_site_is_dead_its_senders_are_warned_and_told_of_the_end_like_all_others()
    {
        _rig.Exchanger("dead.test", 10, "mx.dead.test", answers: false);
        for (var number = 0; number < 5; number++)
            _rig.Submit($"user{number}@dead.test");

        await _rig.RunToRestAsync();

        Assert.Equal(5, _rig.ReportsTo(Alice).Count(report => report.Contains("Action: delayed", StringComparison.Ordinal)));
        Assert.Equal(5, _rig.ReportsTo(Alice).Count(report => report.Contains("Action: failed", StringComparison.Ordinal)));
    }

    // The hint of its last attempt had come twice, and the second worker gave it up because the first was trying.
    [Fact]
    public async Task A_message_whose_time_is_over_is_not_given_up_while_another_worker_finds_out_whether_its_site_is_back()
    {
        _rig.Exchanger("dead.test", 10, "mx.dead.test", answers: false);
        _rig.Submit("a@dead.test");
        await _rig.RunForAsync(TimeSpan.FromDays(5) - TimeSpan.FromMinutes(1));
        var breaker = Assert.Single(_rig.Stores.Destinations.Open);
        Assert.NotNull(await _rig.Stores.Destinations.ProbeAsync(breaker, _rig.Now + TimeSpan.FromMinutes(3), CancellationToken.None));
        await _rig.TickAsync();
        Assert.Single(_rig.Stores.Spool.Ids);

        var peer = _rig.Replace(1, new PeerScript());
        await _rig.RunToRestAsync();

        Assert.Single(peer.Taken);
        Assert.DoesNotContain(_rig.ReportsTo(Alice), report => report.Contains("Action: failed", StringComparison.Ordinal));
    }

    // It was looked at whenever the breaker ended: with many that wait, 480 times in five days.
    [Fact]
    public async Task A_message_to_a_dead_site_is_looked_at_as_often_as_one_that_is_tried_in_vain()
    {
        const int messages = 20;
        _rig.Exchanger("dead.test", 10, "mx.dead.test", answers: false);
        for (var number = 0; number < messages; number++)
            _rig.Submit($"user{number}@dead.test");

        await _rig.RunForAsync(TimeSpan.FromHours(5));
        _rig.Stores.Faults.Clear();
        await _rig.RunForAsync(TimeSpan.FromHours(110)); // not to the end: the report's own way is not counted

        Assert.InRange(_rig.Stores.Faults.Calls.Count(call => call == "Ledger.Read") / messages, 35, 45);
    }

    [Theory]
    [InlineData(PeerStage.Mail)]
    [InlineData(PeerStage.Rcpt)]
    [InlineData(PeerStage.End)]
    public async Task Refused_messages_and_recipients_never_open_the_breaker(PeerStage stage)
    {
        _rig.Domain("one.test", new PeerScript().Saying(stage, "451 4.3.0 not now"));
        for (var number = 0; number < 5; number++)
            _rig.Submit($"user{number}@one.test");

        await _rig.DrainAsync();

        Assert.Empty(_rig.Stores.Destinations.Open);
        Assert.Equal(5, _rig.Network.DialledAddresses.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(87_600)]
    public async Task F27_a_worker_whose_clock_is_wrong_gives_nothing_up_early(int hoursAhead)
    {
        _rig.Stores.Clock.Ahead = TimeSpan.FromHours(-hoursAhead); // the storage service's clock is right, the worker's is that much ahead
        var peer = _rig.Domain("one.test", Busy);
        _rig.Submit("a@one.test");

        await _rig.RunForAsync(TimeSpan.FromHours(3));
        Assert.Empty(_rig.ReportsTo(Alice));
        peer = _rig.Replace(1, new PeerScript());
        await _rig.RunToRestAsync();

        Assert.Single(peer.Taken);
        Assert.Empty(_rig.ReportsTo(Alice));
    }

    [Fact]
    public async Task F26_a_timer_that_fires_six_hours_late_makes_late_mail_and_no_more_of_it()
    {
        var peer = _rig.Domain("one.test", Busy);
        _rig.Submit("a@one.test");
        await _rig.DrainAsync();
        peer = _rig.Replace(1, new PeerScript());
        _rig.Stores.Time.Advance(TimeSpan.FromHours(6));

        await Task.WhenAll(_rig.Retry.RunAsync(CancellationToken.None), _rig.Retry.RunAsync(CancellationToken.None));
        await _rig.DrainAsync();

        Assert.Single(peer.Taken);
        Assert.Empty(_rig.ReportsTo(Alice));
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();
}
