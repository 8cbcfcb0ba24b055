// Relaying under lost requests and lost answers of every storage call, and in company.
using MailFunctions.App.Pipeline;
using MailFunctions.App.Pipeline.Relaying;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig.Memory;
using MailFunctions.Rig.Peers;
using static MailFunctions.Pipeline.Functions.RelayRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class RelayFaultTests
{
    // After these the peer may have the message while storage does not know (RFC 1047): a second copy is the price of no loss.
    private static readonly string[] MayDouble = ["Ledger.Update", "Ledger.Read", "Spool.Delete", "Spool.LeaveMark"];

    public static TheoryData<string> Stories =>
    [
        "one recipient", "250, 450 and 550", "later, then taken", "never taken", "null sender, refused", "no such domain", "two domains", "local and remote",
        "report to a remote sender", "double bounce",
    ];

    [Theory]
    [MemberData(nameof(Stories))]
    public async Task F07_F12_F13_F14_a_request_or_answer_lost_at_any_storage_call_loses_nothing_and_reports_once(string name)
    {
        var faultless = await PlayAsync(name, (_, _) => null);
        Assert.True(faultless >= 6);
        foreach (var moment in Enum.GetValues<FaultMoment>())
        {
            for (var call = 1; call <= faultless; call++)
                await PlayAsync(name, (number, _) => number == call ? moment : null);
        }
    }

    [Theory]
    [MemberData(nameof(Stories))]
    public async Task F20_a_storm_that_fails_every_tenth_call_delays_and_loses_nothing(string name)
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            var random = new Random(seed);
            await PlayAsync(name, (_, _) => random.Next(10) == 0 ? (FaultMoment)random.Next(2) : null, mayDoubleOften: true);
        }
    }

    [Fact]
    public async Task F19_a_report_whose_maker_failed_is_made_by_whoever_gets_the_same_hint_again()
    {
        await using var rig = new RelayRig();
        rig.Domain("one.test", new PeerScript().Saying(PeerStage.Rcpt, "550 5.1.1 Nobody"));
        var id = rig.Submit("a@one.test");
        Assert.Equal(Ending.Done, await rig.Route.RunAsync(rig.Stores.Queue.TryTake()!.Value.Item.ToBytes(), CancellationToken.None));
        Assert.NotNull(rig.Stores.Queue.TryTake());
        rig.Stores.Faults.FailEvery("Spool.Commit");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => rig.RelayAsync(id, "one.test"));
        rig.Stores.Faults.Clear();

        Assert.Equal(Ending.Done, await rig.RelayAsync(id, "one.test"));
        await rig.DrainAsync();

        Assert.Single(rig.ReportsTo(Alice));
        Assert.Empty(rig.Stores.Ledger.Ids);
    }

    [Fact]
    public async Task F08_F09_F11_twenty_workers_on_one_destination_make_one_attempt()
    {
        await using var rig = new RelayRig();
        var peer = rig.Domain("one.test");
        var id = rig.Submit("a@one.test", "b@two.test");
        rig.Zone.Fail("two.test");
        Assert.Equal(Ending.Done, await rig.Route.RunAsync(rig.Stores.Queue.TryTake()!.Value.Item.ToBytes(), CancellationToken.None));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => rig.RelayAsync(id, "one.test"))));

        Assert.Equal(1, Copies(peer, "a@one.test"));
        Assert.Equal("two.test", Assert.Single(rig.Stores.Ledger[id].Destinations).Name);
    }

    [Fact]
    public async Task F09_workers_on_all_destinations_of_one_message_do_not_undo_each_others_records()
    {
        await using var rig = new RelayRig();
        var peers = Enumerable.Range(1, 12).Select(number => rig.Domain($"d{number}.test")).ToList();
        var id = rig.Submit([.. Enumerable.Range(1, 12).Select(number => $"a@d{number}.test")]);
        await rig.Route.RunAsync(rig.Stores.Queue.TryTake()!.Value.Item.ToBytes(), CancellationToken.None);
        var hints = Enumerable.Range(1, 12).SelectMany(number => Enumerable.Repeat($"d{number}.test", 3)).ToArray();
        new Random(7).Shuffle(hints);

        await Task.WhenAll(hints.Select(destination => Task.Run(() => rig.RelayAsync(id, destination))));
        await rig.RunToRestAsync();

        Assert.All(peers, peer => Assert.Single(peer.Taken));
        Assert.Empty(rig.Stores.Ledger.Ids);
    }

    [Fact]
    public async Task F11_a_live_claim_of_another_worker_is_waited_for_and_a_dead_ones_is_taken_over()
    {
        await using var rig = new RelayRig();
        var peer = rig.Domain("one.test");
        var id = rig.Submit("a@one.test");
        await rig.Route.RunAsync(rig.Stores.Queue.TryTake()!.Value.Item.ToBytes(), CancellationToken.None);
        rig.Stores.Queue.Clear();
        var ledger = rig.Stores.Ledger[id];
        var expiry = rig.Now + TimeSpan.FromSeconds(70);
        var claimed = ledger.With(ledger.Destinations[0] with { Claim = new DestinationClaim("a worker who died", expiry) });
        rig.Stores.Ledger.Put(claimed, claimed.Next);

        Assert.Equal(Ending.Done, await rig.RelayAsync(id, "one.test"));
        Assert.Empty(rig.Network.DialledAddresses);
        Assert.Equal(expiry, Assert.Single(rig.Stores.Due.Entries).Time);

        await rig.RunToRestAsync();
        Assert.Single(peer.Taken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task F11_F14_a_worker_who_slept_past_his_claim_or_could_not_renew_it_sends_no_final_dot(bool overslept)
    {
        await using var rig = new RelayRig();
        var peer = rig.Domain("one.test", new PeerScript().Without("CHUNKING"));
        var id = rig.Submit("a@one.test");
        await rig.Route.RunAsync(rig.Stores.Queue.TryTake()!.Value.Item.ToBytes(), CancellationToken.None);
        rig.Stores.Queue.Clear();
        var slept = false;
        rig.Stores.Spool.OnRead = _ =>
        {
            if (slept)
                return;
            slept = true;
            // Frozen: the claim runs out, no timer fires in time, and another worker takes the destination over.
            rig.Stores.Faults.FailEvery("Ledger.Update");
            rig.Stores.Time.Advance(overslept ? ClaimedDestination.Duration : ClaimedDestination.RenewedEvery);
            if (!overslept)
                SpinWait.SpinUntil(() => rig.Stores.Faults.Calls.Contains("Ledger.Update"), TimeSpan.FromSeconds(20));
        };

        await rig.RelayAsync(id, "one.test");
        Assert.Empty(peer.Sessions.SelectMany(session => session.Messages));

        rig.Stores.Faults.Clear();
        rig.Stores.Queue.GiveBack(WorkQueue.Relay, new WorkItem { Id = id, Destination = "one.test" });
        await rig.RunToRestAsync();
        Assert.Single(peer.Taken);
    }

    [Fact]
    public async Task F12_a_ledger_whose_message_is_gone_is_removed_by_whoever_finds_it()
    {
        await using var rig = new RelayRig();
        var peer = rig.Domain("one.test");
        rig.Exchanger("dead.test", 10, "mx.dead.test", answers: false);
        var id = rig.Submit("a@one.test", "b@dead.test");
        await rig.Route.RunAsync(rig.Stores.Queue.TryTake()!.Value.Item.ToBytes(), CancellationToken.None);
        var ledger = rig.Stores.Ledger[id];
        foreach (var destination in (string[])["one.test", "dead.test", Ledger.ReportDestination])
        {
            await rig.Stores.Spool.DeleteAsync(id, CancellationToken.None);
            rig.Stores.Ledger.Put(
                destination == Ledger.ReportDestination ? ledger.Owing(ReportKind.Failed, rig.Now, []) : ledger, ledger.Next);

            Assert.Equal(Ending.Done, await rig.RelayAsync(id, destination));

            Assert.Empty(rig.Stores.Ledger.Ids);
        }
        Assert.Empty(peer.Taken);
    }

    [Fact]
    public async Task F12_a_worker_who_recorded_the_end_and_died_before_the_deletion_leaves_it_to_the_sweep()
    {
        await using var rig = new RelayRig();
        rig.Domain("one.test");
        var id = rig.Submit("a@one.test");
        await rig.Route.RunAsync(rig.Stores.Queue.TryTake()!.Value.Item.ToBytes(), CancellationToken.None);
        rig.Stores.Queue.Clear();
        var finished = rig.Stores.Ledger[id] with { Destinations = [] };
        rig.Stores.Ledger.Put(finished, finished.Next);

        await rig.RunToRestAsync();

        Assert.Empty(rig.Network.DialledAddresses);
    }

    [Fact]
    public async Task F19_F24_with_every_hint_and_entry_lost_the_sweep_alone_brings_the_mail_out()
    {
        await using var rig = new RelayRig();
        var peer = rig.Domain("one.test", new PeerScript().Saying(PeerStage.Mail, "451 4.3.0 not now"));
        rig.Submit("a@one.test");
        await rig.DrainAsync();
        foreach (var entry in rig.Stores.Due.Entries)
            await rig.Stores.Due.DeleteAsync(entry, CancellationToken.None);
        rig.Stores.Queue.Clear();
        peer = rig.Replace(1, new PeerScript());

        await rig.RunToRestAsync();

        Assert.Single(peer.Taken);
    }

    // Plays a story to its end and checks what must hold whatever failed; tells how many storage calls it took.
    private static async Task<int> PlayAsync(string name, Func<int, string, FaultMoment?> plan, bool mayDoubleOften = false)
    {
        await using var rig = new RelayRig();
        var faults = new List<string>();
        var story = Tell(rig, name);
        var last = 0;
        rig.Stores.Faults.Plan((number, called) =>
        {
            last = number;
            if (plan(number, called) is not { } moment)
                return null;
            faults.Add(called);
            return moment;
        });

        await rig.RunToRestAsync();
        rig.Stores.Faults.Clear();

        var extra = mayDoubleOften ? faults.Count : faults.Count(MayDouble.Contains);
        var told = $"{name}, after {string.Join(", ", faults.Select(fault => fault))} of {last} calls";
        foreach (var (peer, recipient) in story.Delivered)
            Assert.True(Copies(peer, recipient) >= 1 && Copies(peer, recipient) <= 1 + extra, $"{told}: {Copies(peer, recipient)} copies for {recipient}");
        foreach (var (peer, recipient) in story.Refused)
            Assert.True(Copies(peer, recipient) == 0, $"{told}: a copy for {recipient}");
        foreach (var (account, texts) in story.Mail)
        {
            var mail = rig.ReportsTo(account);
            Assert.True(mail.Count == texts.Length, $"{told}: {mail.Count} messages in the mailbox of {account}, not {texts.Length}");
            Assert.All(texts, text => Assert.Contains(mail, one => one.Contains(text, StringComparison.Ordinal)));
        }
        Assert.Empty(rig.Stores.Parked.Names);
        return last;
    }

    private sealed record Story((ScriptedPeer, string)[] Delivered, (ScriptedPeer, string)[] Refused, (EmailAddress, string[])[] Mail);

    private static Story Tell(RelayRig rig, string name)
    {
        var script = new PeerScript();
        switch (name)
        {
            case "one recipient":
                var taking = rig.Domain("one.test");
                rig.Submit("a@one.test");
                return new([(taking, "a@one.test")], [], [(Alice, [])]);
            case "250, 450 and 550":
                var mixed = rig.Domain("one.test", script.Saying(PeerStage.Rcpt, "450 4.2.1 busy", 1).Saying(PeerStage.Rcpt, "550 5.1.1 unknown", 2));
                rig.Submit("a@one.test", "b@one.test", "c@one.test");
                return new([(mixed, "a@one.test"), (mixed, "b@one.test")], [(mixed, "c@one.test")], [(Alice, ["rfc822; c@one.test"])]);
            case "later, then taken":
                var later = rig.Domain("one.test");
                var asked = 0;
                rig.Zone.Fail("one.test");
                rig.Zone.BeforeAnswer = (_, _, _) =>
                {
                    if (++asked == 2)
                        rig.Zone.Recover("one.test");
                    return Task.CompletedTask;
                };
                rig.Submit("a@one.test");
                return new([(later, "a@one.test")], [], [(Alice, [])]);
            case "never taken":
                var never = rig.Domain("one.test", script.Saying(PeerStage.End, "451 4.3.0 not now"));
                rig.Submit("a@one.test");
                return new([], [(never, "a@one.test")], [(Alice, ["Action: delayed", "Action: failed"])]);
            case "null sender, refused":
                var strict = rig.Domain("one.test", script.Saying(PeerStage.Rcpt, "550 5.1.1 unknown"));
                rig.Submit(null, ["a@one.test"]);
                return new([], [(strict, "a@one.test")], [(Alice, []), (Postmaster, [])]);
            case "no such domain":
                rig.Submit("a@nowhere.test");
                return new([], [], [(Alice, ["Status: 5.1.2"])]);
            case "two domains":
                var (first, second) = (rig.Domain("one.test"), rig.Domain("two.test", script.Saying(PeerStage.Rcpt, "550 5.1.1 unknown")));
                rig.Submit("a@one.test", "b@two.test");
                return new([(first, "a@one.test")], [(second, "b@two.test")], [(Alice, ["rfc822; b@two.test"])]);
            case "local and remote":
                var beside = rig.Domain("one.test");
                rig.Submit("alice@example.test", "a@one.test");
                return new([(beside, "a@one.test")], [], [(Alice, ["Subject: x"])]);
            case "report to a remote sender":
                var (target, home) = (rig.Domain("one.test", script.Saying(PeerStage.Rcpt, "550 5.1.1 unknown")), rig.Domain("home.test"));
                rig.Submit(EmailAddress.Parse("s@home.test"), ["a@one.test"]);
                return new([(home, "s@home.test")], [(target, "a@one.test")], [(Alice, []), (Postmaster, [])]);
            case "double bounce":
                var (gone, deaf) = (rig.Domain("one.test", script.Saying(PeerStage.Rcpt, "550 5.1.1 unknown")), rig.Domain("home.test", script.Saying(PeerStage.Rcpt, "550 5.1.1 unknown")));
                rig.Submit(EmailAddress.Parse("s@home.test"), ["a@one.test"]);
                return new([], [(gone, "a@one.test"), (deaf, "s@home.test")], [(Alice, []), (Postmaster, ["undeliverable report"])]);
            default:
                throw new ArgumentOutOfRangeException(nameof(name));
        }
    }
}
