// The functions process killed by SIGKILL: at every storage call of a message's life, and at every stage of the session that relays it.
using MailFunctions.Mail;
using MailFunctions.Pipeline.Functions;
using MailFunctions.Rig;
using MailFunctions.Rig.Memory;
using MailFunctions.Rig.Peers;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Kills;

public sealed class WorkerKills(AzuriteServer azurite)
{
    [Fact]
    public async Task F12_a_kill_before_or_behind_any_storage_call_of_a_local_message_leaves_one_copy()
    {
        await using var rig = await KillRig.StartAsync(azurite);
        var calls = await AtEveryCallAsync(rig, async (told, kill) =>
        {
            var id = await rig.SubmitAsync(KillRig.Alice);
            await rig.RunToRestAsync();
            Assert.Equal([id], await rig.MailboxAsync());
            Assert.EndsWith(Text, await rig.ReadAsync(id), StringComparison.Ordinal);
            await rig.Stores.Mailboxes.DeleteAsync(KillRig.Alice, id, CancellationToken.None);
        });
        Assert.Equal(["Get Blob", "Put Blob", "Delete Blob"], calls);
        Assert.Equal(2 * calls.Count, rig.Kills);
        Assert.Empty(rig.Peer.Sessions);
    }

    [Fact]
    public async Task F07_F12_F14_a_kill_before_or_behind_any_storage_call_of_a_relayed_message_loses_nothing_and_doubles_only_what_was_sent_and_not_recorded()
    {
        await using var rig = await KillRig.StartAsync(azurite);
        var calls = await AtEveryCallAsync(rig, async (told, kill) =>
        {
            var before = rig.CopiesReceived(KillRig.Remote);
            var unrecorded = 0;
            kill.Happens = async () =>
            {
                if (rig.CopiesReceived(KillRig.Remote) > before && await IsSpooledAsync(rig))
                    unrecorded = 1;
            };
            await rig.SubmitAsync(KillRig.Remote);
            await rig.RunToRestAsync();
            var copies = rig.CopiesReceived(KillRig.Remote) - before;
            Assert.True(copies >= 1 && copies <= 1 + unrecorded, $"{told}: {copies} copies, {unrecorded} not recorded");
        });
        // A worker that has just started lists the domains with a way of their own, the breakers, and the domains whose MTA-STS policies are known.
        Assert.Equal(
            [
                "Get Blob", "Put Blob", "Put Message", "Get Blob", "List Blobs", "List Blobs", "Put Blob", "List Blobs", "Get Blob", "Delete Blob", "Delete Blob",
            ],
            calls);
        Assert.Equal(2 * calls.Count, rig.Kills);
        await NothingElseAsync(rig);
        // Octet by octet, every time.
        Assert.All(rig.Peer.Taken, message => Assert.Equal(RelayRig.Content, message.Content));
    }

    [Fact]
    public async Task F12_F33_a_kill_before_or_behind_any_storage_call_of_a_refused_message_leaves_one_report()
    {
        await using var rig = await KillRig.StartAsync(azurite, new PeerScript().Saying(PeerStage.Rcpt, "550 5.1.1 unknown"));
        var calls = await AtEveryCallAsync(rig, async (told, kill) =>
        {
            await rig.SubmitAsync(KillRig.Remote);
            await rig.RunToRestAsync();
            var reports = await rig.MailboxAsync();
            Assert.True(reports.Count == 1, $"{told}: {reports.Count} reports");
            Assert.Contains("Action: failed", await rig.ReadAsync(reports[0]), StringComparison.Ordinal);
            await rig.Stores.Mailboxes.DeleteAsync(KillRig.Alice, reports[0], CancellationToken.None);
        });
        Assert.InRange(calls.Count, 12, 24);
        Assert.Equal(2 * calls.Count, rig.Kills);
        Assert.Equal(0, rig.CopiesReceived(KillRig.Remote));
    }

    public static TheoryData<PeerStage, bool, int> Stages => new()
    {
        // Stage, whether the worker is killed before it has the reply (else frozen before and killed behind it), most copies received whole.
        { PeerStage.Banner, true, 1 },
        { PeerStage.Ehlo, true, 1 },
        { PeerStage.Mail, true, 1 },
        { PeerStage.Rcpt, true, 1 },
        { PeerStage.Rcpt, false, 1 },
        { PeerStage.Data, false, 1 },
        { PeerStage.Body, true, 1 },
        { PeerStage.End, true, 2 },
        { PeerStage.End, false, 2 },
    };

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task F13_F14_a_kill_at_a_stage_of_the_session_means_a_second_attempt_and_a_second_copy_only_behind_the_final_dot(
        PeerStage stage, bool beforeReply, int copies)
    {
        KillRig? started = null;
        var reply = stage switch
        {
            PeerStage.Banner => "220 peer.test ESMTP\r\n",
            PeerStage.Ehlo => "250-peer.test\r\n250 8BITMIME\r\n",
            PeerStage.Data => "354 Go ahead\r\n",
            PeerStage.Body => "",
            _ => "250 2.0.0 OK\r\n",
        };
        async Task FreezeAsync()
        {
            if (started is { Kills: 0 } rig)
                await rig.FreezeAsync();
        }
        async Task KillAsync()
        {
            if (started is { Kills: 0 } rig)
                await rig.KillAsync();
        }
        var act = new PeerAct.Say(reply) { Before = beforeReply ? KillAsync : FreezeAsync, After = beforeReply ? null : KillAsync };
        await using var rig = started = await KillRig.StartAsync(azurite, new PeerScript().Without("CHUNKING").With(stage, act, 0));

        // In the middle there must be more to come than the sockets hold.
        var content = stage == PeerStage.Body ? [.. RelayRig.Content, .. Enumerable.Repeat("0123456789\r\n"u8.ToArray(), 1_400_000).SelectMany(line => line)] : RelayRig.Content;
        await rig.SubmitAsync(KillRig.Remote, content);
        await rig.RunToRestAsync();

        Assert.Equal(1, rig.Kills);
        Assert.Equal(copies, rig.CopiesReceived(KillRig.Remote));
        Assert.All(rig.Peer.Taken, message => Assert.True(content.AsSpan().SequenceEqual(message.Content), "Octets changed."));
        await NothingElseAsync(rig);
    }

    [Fact]
    public async Task F10_a_stale_receipt_at_the_deletion_of_a_hint_means_the_work_is_found_done()
    {
        await using var rig = await KillRig.StartAsync(azurite, losesLeases: true);
        var local = await rig.SubmitAsync(KillRig.Alice);
        await rig.SubmitAsync(KillRig.Remote);

        await rig.RunToRestAsync();

        Assert.True(rig.StaleReceipts >= 3, $"{rig.StaleReceipts} receipts were stale."); // one local hint, one to route the other, one or two to relay it
        Assert.Equal([local], await rig.MailboxAsync());
        Assert.Equal(1, rig.CopiesReceived(KillRig.Remote));
    }

    [Theory]
    [InlineData(PeerStage.Rcpt)]
    [InlineData(PeerStage.End)]
    public async Task F19_a_kill_in_the_middle_of_a_batch_costs_the_others_an_attempt_and_nothing_more(PeerStage stage)
    {
        KillRig? started = null;
        var (reached, sessions) = (0, 0);
        async Task KillAsync()
        {
            if (Interlocked.Increment(ref reached) != 3)
                return;
            await started!.KillAsync();
            sessions = started.Peer.Sessions.Count;
        }
        var act = new PeerAct.Say("250 2.0.0 OK\r\n") { Before = KillAsync };
        await using var rig = started = await KillRig.StartAsync(azurite, new PeerScript().Without("CHUNKING").With(stage, act));
        var local = new List<SpoolId>();
        var remote = Enumerable.Range(0, 6).Select(number => EmailAddress.Parse($"u{number}@one.test")).ToList();
        foreach (var address in remote)
            await rig.SubmitAsync(address);
        for (var number = 0; number < 6; number++)
            local.Add(await rig.SubmitAsync(KillRig.Alice));

        await rig.RunToRestAsync();

        Assert.Equal(1, rig.Kills);
        Assert.Equal(local.Order(), (await rig.MailboxAsync()).Order());
        Assert.All(remote, address => Assert.InRange(rig.CopiesReceived(address), 1, 2));
        // What came whole before the kill may not be recorded; whatever comes behind it comes once.
        await rig.Peer.EndAsync();
        var unrecorded = rig.Peer.Sessions.Take(sessions).Sum(session => session.Messages.Count);
        Assert.InRange(remote.Sum(rig.CopiesReceived), remote.Count, remote.Count + unrecorded);
    }

    private static string Text { get; } = System.Text.Encoding.ASCII.GetString(RelayRig.Content);

    private sealed class PlannedKill
    {
        /// <summary>What is to be looked at once the worker is dead.</summary>
        public Func<Task> Happens { get; set; } = () => Task.CompletedTask;
    }

    // Runs a message's life again and again, with a kill at the first call, behind it, at the second... until it runs to its end without one.
    private static async Task<IReadOnlyList<string>> AtEveryCallAsync(KillRig rig, Func<string, PlannedKill, Task> run)
    {
        IReadOnlyList<string> calls = [];
        foreach (var moment in Enum.GetValues<FaultMoment>())
        {
            for (var call = 1; ; call++)
            {
                Assert.True(call < 60, "The message never ran to its end without a kill.");
                var kill = new PlannedKill();
                await rig.BeginAnewAsync();
                rig.Proxy.Plan((number, _) => number == call, moment, async () =>
                {
                    await rig.KillAsync();
                    await kill.Happens();
                });
                await run($"killed {moment} call {call}", kill);
                if (rig.Proxy.HasStruck)
                    continue;
                calls = rig.Proxy.Calls;
                break;
            }
        }
        return calls;
    }

    private static async Task<bool> IsSpooledAsync(KillRig rig)
    {
        await foreach (var _ in rig.Stores.Connection.Blobs.GetBlobContainerClient(BlobNames.SpoolContainer).GetBlobsAsync())
            return true;
        return false;
    }

    private static async Task NothingElseAsync(KillRig rig)
    {
        Assert.Empty(await rig.MailboxAsync()); // no report
        Assert.Empty(await rig.Stores.Parked.ListAsync(CancellationToken.None).ToListAsync());
    }
}
