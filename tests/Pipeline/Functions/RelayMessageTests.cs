// What relaying does with servers of every mood, while storage gives no trouble.
using MailFunctions.App.Pipeline;
using MailFunctions.Mail;
using MailFunctions.Rig.Peers;
using static MailFunctions.Pipeline.Functions.RelayRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class RelayMessageTests : IAsyncDisposable
{
    private readonly RelayRig _rig = new();

    private static PeerScript Script => new();

    [Fact]
    public async Task A_message_arrives_octet_for_octet_and_nothing_is_left()
    {
        var peer = _rig.Domain("one.test");
        _rig.Submit("a@one.test");

        await _rig.DrainAsync();

        Assert.Equal(Content, Assert.Single(peer.Taken).Content);
        AssertAtRest();
        Assert.Empty(_rig.ReportsTo(Alice));
    }

    [Fact]
    public async Task A_message_delivered_at_the_first_try_costs_seven_storage_calls_after_six_for_its_routing_and_intake()
    {
        _rig.Domain("one.test");
        _rig.Domain("warm.test");
        _rig.Submit("a@warm.test");
        await _rig.DrainAsync(); // the breakers are looked at once a minute
        _rig.Submit("a@one.test");
        _rig.Stores.Faults.Clear();

        await _rig.DrainAsync();

        var calls = _rig.Stores.Faults.Calls.Where(call => call != "Spool.Read").ToList();
        Assert.Equal(
            ["Spool.Open", "Ledger.Create", "Queue.Enqueue", "Ledger.Read", "Ledger.Update", "Spool.Open", "Spool.Delete", "Ledger.Delete"], calls);
        // Besides: Put Blob and Put Message at the gateway, and Get Messages and Delete Message for each of the two queues.
        Assert.Equal(14, calls.Count + 6);
        Assert.Equal(3, 1 + calls.Count(call => call is "Ledger.Create" or "Ledger.Update" or "Spool.Commit"));
    }

    public static TheoryData<PeerStage, string, string> Troubles
    {
        get
        {
            var rows = new TheoryData<PeerStage, string, string>();
            foreach (var stage in (PeerStage[])[PeerStage.Banner, PeerStage.Ehlo, PeerStage.Mail, PeerStage.Rcpt, PeerStage.Data, PeerStage.End])
            {
                rows.Add(stage, "451 4.3.0 not now", "later");
                rows.Add(stage, "421 4.3.2 closing", "later");
                rows.Add(stage, "rubbish", "later");
            }
            foreach (var stage in (PeerStage[])[PeerStage.Banner, PeerStage.Ehlo])
                rows.Add(stage, "554 5.3.0 no", "later");
            foreach (var stage in (PeerStage[])[PeerStage.Mail, PeerStage.Rcpt, PeerStage.Data, PeerStage.End])
                rows.Add(stage, "554 5.3.0 no", "bounced");
            rows.Add(PeerStage.Quit, "554 5.3.0 no", "delivered");
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task F15_a_4xx_and_rubbish_wait_and_a_5xx_counts_for_its_scope_only(PeerStage stage, string reply, string expected)
    {
        var script = Script.Without("CHUNKING").Saying(stage, reply);
        var peer = _rig.Domain("one.test", stage == PeerStage.Ehlo ? script.Saying(PeerStage.Helo, reply) : script);
        _rig.Submit("a@one.test");

        await _rig.DrainAsync();

        await AssertEndedAsync(peer, expected);
    }

    [Theory]
    [InlineData(PeerStage.Connect, "later")]
    [InlineData(PeerStage.Banner, "later")]
    [InlineData(PeerStage.Ehlo, "later")]
    [InlineData(PeerStage.Mail, "later")]
    [InlineData(PeerStage.Rcpt, "later")]
    [InlineData(PeerStage.Data, "later")]
    [InlineData(PeerStage.Body, "later")]
    [InlineData(PeerStage.End, "later")] // F14: nobody knows; it is tried again
    [InlineData(PeerStage.Quit, "delivered")]
    public async Task F13_F14_F15_a_lost_connection_waits_and_at_QUIT_it_is_no_matter(PeerStage stage, string expected)
    {
        var peer = _rig.Domain("one.test", Script.With(stage, new PeerAct.Close()));
        _rig.Submit("a@one.test");

        await _rig.DrainAsync();

        await AssertEndedAsync(peer, expected);
    }

    [Fact]
    public async Task F18_a_server_that_stalls_costs_eight_minutes_and_no_more()
    {
        var peer = _rig.Domain("one.test", Script.With(PeerStage.End, new PeerAct.Stall()));
        _rig.Submit("a@one.test");
        var started = _rig.Now;

        var draining = _rig.DrainAsync();
        await peer.Stalled;
        while (!draining.IsCompleted && _rig.Now - started < TimeSpan.FromMinutes(9))
        {
            _rig.Stores.Time.Advance(TimeSpan.FromSeconds(10));
            await Task.WhenAny(draining, Task.Delay(20));
        }
        await draining;

        Assert.InRange(_rig.Now - started, TimeSpan.FromMinutes(7), TimeSpan.FromMinutes(8.5));
        Assert.Equal(DestinationState.Due, Assert.Single(_rig.Stores.Ledger[_rig.Stores.Ledger.Ids.Single()].Destinations).State);
        Assert.Contains(_rig.Stores.Faults.Calls, call => call == "Ledger.Update"); // claimed, renewed
    }

    [Fact]
    public async Task F16_each_recipient_fares_by_his_own_reply_and_only_the_deferred_one_is_tried_again()
    {
        var peer = _rig.Domain(
            "one.test", Script.Saying(PeerStage.Rcpt, "450 4.2.1 busy", 1).Saying(PeerStage.Rcpt, "550 5.1.1 no such user", 2));
        _rig.Submit("a@one.test", "b@one.test", "c@one.test");

        await _rig.DrainAsync();

        var row = Assert.Single(_rig.Stores.Ledger[_rig.Stores.Ledger.Ids.Single()].Destinations);
        Assert.Equal("b@one.test", Assert.Single(row.Recipients).Address.ToString());
        Assert.Equal(450, row.Recipients[0].LastTrouble?.ReplyCode);
        var report = Assert.Single(_rig.ReportsTo(Alice));
        Assert.Contains("Final-Recipient: rfc822; c@one.test", report, StringComparison.Ordinal);
        Assert.DoesNotContain("b@one.test", report, StringComparison.Ordinal);

        await _rig.RunToRestAsync();

        Assert.Equal([1, 1, 0], new[] { "a", "b", "c" }.Select(name => Copies(peer, $"{name}@one.test")));
        Assert.Single(_rig.ReportsTo(Alice));
        AssertAtRest();
    }

    [Fact]
    public async Task F16_recipients_that_are_too_many_for_one_transaction_come_again_in_the_same_session()
    {
        var script = Script.Saying(PeerStage.Rcpt, "452 4.5.3 too many recipients", 2).Saying(PeerStage.Rcpt, "452 4.5.3 too many recipients", 3);
        var peer = _rig.Domain("one.test", script);
        _rig.Submit("a@one.test", "b@one.test", "c@one.test", "d@one.test");

        await _rig.DrainAsync();

        Assert.Equal(2, Assert.Single(peer.Sessions).Messages.Count);
        Assert.All("abcd", name => Assert.Equal(1, Copies(peer, $"{name}@one.test")));
        AssertAtRest();
    }

    [Fact]
    public async Task Two_hundred_and_fifty_recipients_go_in_transactions_of_a_hundred()
    {
        var peer = _rig.Domain("one.test");
        _rig.Submit([.. Enumerable.Range(1, 250).Select(number => $"user{number}@one.test")]);

        await _rig.DrainAsync();

        Assert.Equal([100, 100, 50], Assert.Single(peer.Sessions).Messages.Select(message => message.Recipients.Count));
        AssertAtRest();
    }

    [Fact]
    public async Task F17_after_a_dead_exchanger_and_one_that_refuses_for_now_the_third_gets_it()
    {
        _rig.Exchanger("one.test", 10, "mx1.one.test", answers: false);
        var second = _rig.Exchanger("one.test", 20, "mx2.one.test", Script.Saying(PeerStage.Rcpt, "450 4.2.1 busy"));
        var third = _rig.Exchanger("one.test", 30, "mx3.one.test");
        _rig.Submit("a@one.test");

        await _rig.DrainAsync();

        Assert.Single(second.Sessions);
        Assert.Single(third.Taken);
        AssertAtRest();
    }

    [Fact]
    public async Task F17_an_attempt_has_two_sessions_at_most()
    {
        var peers = Enumerable.Range(1, 4)
            .Select(number => _rig.Exchanger("one.test", (ushort)number, $"mx{number}.one.test", Script.Saying(PeerStage.Banner, "421 4.3.2 busy"))).ToList();
        _rig.Submit("a@one.test");

        await _rig.DrainAsync();

        Assert.Equal([1, 1, 0, 0], peers.Select(peer => peer.Sessions.Count));
    }

    [Fact]
    public async Task A_server_whose_TLS_fails_is_tried_once_more_in_clear()
    {
        using var authority = new TestAuthority();
        var peer = _rig.Domain("one.test", Script with { Certificate = authority.Issue("mx.one.test") });
        var broken = Script.With(PeerStage.Handshake, new PeerAct.Close()) with { Certificate = authority.Issue("mx.two.test") };
        var second = _rig.Domain("two.test", broken);
        _rig.Submit("a@one.test", "a@two.test");

        await _rig.DrainAsync();

        Assert.True(Assert.Single(peer.Sessions).IsTls);
        Assert.Single(second.Taken);
        AssertAtRest();
    }

    [Fact]
    public async Task Held_mail_stays_and_under_hold_nothing_is_dialled()
    {
        await using var holding = new RelayRig(options => options with { Hold = true });
        holding.Domain("one.test");
        var id = holding.Submit("a@one.test");

        await holding.DrainAsync();
        await holding.RelayAsync(id, "one.test");

        Assert.Equal(DestinationState.Held, Assert.Single(holding.Stores.Ledger[id].Destinations).State);
        Assert.Null(holding.Stores.Ledger.NextOf(id));
        Assert.Empty(holding.Network.DialledAddresses);
    }

    [Fact]
    public async Task A_destination_that_is_not_due_gets_an_entry_for_its_time()
    {
        _rig.Domain("one.test", Script.Saying(PeerStage.Mail, "451 4.3.0 not now"));
        var id = _rig.Submit("a@one.test");
        await _rig.DrainAsync();
        var next = Assert.Single(_rig.Stores.Ledger[id].Destinations).NextAttempt;
        var dialled = _rig.Network.DialledAddresses.Count;

        Assert.Equal(Ending.Done, await _rig.RelayAsync(id, "one.test"));

        Assert.Equal(dialled, _rig.Network.DialledAddresses.Count);
        Assert.All(_rig.Stores.Due.Entries, entry => Assert.InRange(next - entry.Time, TimeSpan.Zero, TimeSpan.FromMilliseconds(1)));
    }

    private async Task AssertEndedAsync(ScriptedPeer peer, string expected)
    {
        switch (expected)
        {
            case "later":
                Assert.Empty(_rig.ReportsTo(Alice));
                var row = Assert.Single(_rig.Stores.Ledger[_rig.Stores.Ledger.Ids.Single()].Destinations);
                Assert.Null(row.Claim);
                Assert.Equal(1, row.Attempts);
                Assert.InRange(row.NextAttempt - _rig.Now, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(6));
                _rig.Replace(1, Script);
                await _rig.RunToRestAsync();
                break;
            case "bounced":
                Assert.Contains("Action: failed", Assert.Single(_rig.ReportsTo(Alice)), StringComparison.Ordinal);
                Assert.Empty(peer.Taken);
                break;
            case "delivered":
                Assert.Single(peer.Taken);
                break;
        }
        AssertAtRest();
    }

    private void AssertAtRest()
    {
        Assert.Empty(_rig.Stores.Spool.Ids);
        Assert.Empty(_rig.Stores.Ledger.Ids);
        Assert.Empty(_rig.Stores.Parked.Names);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();
}
