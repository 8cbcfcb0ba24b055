// RouteMessage under lost requests, lost answers, and company.
using MailFunctions.App.Pipeline;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig.Memory;
using static MailFunctions.Pipeline.Functions.PipelineRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class RouteMessageFaultTests
{
    private static readonly EmailAddress Remote = EmailAddress.Parse("a@one.test");

    public static TheoryData<string, int, EmailAddress[]> Messages => new()
    {
        { "small, one account", 2_000, [Alice] },
        { "small, several accounts", 2_000, [.. Enumerable.Range(1, 12).Select(Account)] },
        { "large, several accounts", 2 * Block + 3, [.. Enumerable.Range(1, 9).Select(Account)] },
        { "small, local and remote", 2_000, [Alice, Remote] },
        { "large, local and remote", Block + 1, [Alice, Bob, Remote] },
        { "only remote", 2_000, [Remote] },
    };

    [Theory]
    [MemberData(nameof(Messages), DisableDiscoveryEnumeration = true)]
    public async Task Killed_at_any_storage_call_and_run_again_it_ends_finished_with_one_copy_each(string kind, int length, EmailAddress[] recipients)
    {
        Assert.NotEmpty(kind);
        var calls = await CallsOfAFaultlessRunAsync(length, recipients);
        Assert.True(calls >= 2);
        foreach (var moment in Enum.GetValues<FaultMoment>())
        {
            for (var call = 1; call <= calls; call++)
            {
                using var rig = new PipelineRig();
                var id = rig.Commit(length, recipients);
                rig.Stores.Faults.FailAt(call, moment);

                await Assert.ThrowsAsync<StoreUnavailableException>(() => rig.RouteAsync(id));
                rig.Stores.Faults.Clear();
                Assert.Equal(Ending.Done, await rig.RouteAsync(id));
                Assert.Equal(Ending.Done, await rig.RouteAsync(id)); // and the hint came twice

                AssertFinished(rig, id, length, recipients);
            }
        }
    }

    [Fact]
    public async Task While_the_spool_blob_is_there_every_second_call_may_fail_and_progress_is_still_made()
    {
        using var rig = new PipelineRig();
        var recipients = Enumerable.Range(1, 20).Select(Account).ToArray();
        var id = rig.Commit(Block + 1, recipients);
        var random = new Random(4711);
        rig.Stores.Faults.Plan((_, name) => name != "Spool.Read" && random.Next(12) == 0 ? (FaultMoment)random.Next(2) : null);

        for (var run = 0; run < 1_000 && rig.Stores.Spool.Ids.Count > 0; run++)
        {
            try
            {
                await rig.RouteAsync(id);
            }
            catch (StoreUnavailableException)
            {
                // the host gives the hint back
            }
        }

        AssertFinished(rig, id, Block + 1, recipients);
    }

    [Theory]
    [InlineData(2_000, false)]
    [InlineData(2_000, true)]
    [InlineData(Block + 9, false)]
    [InlineData(Block + 9, true)]
    public async Task Twenty_workers_on_one_message_make_one_copy_each(int length, bool withRemote)
    {
        using var rig = new PipelineRig();
        EmailAddress[] recipients = withRemote ? [Alice, Bob, Remote] : [Alice, Bob];
        var id = rig.Commit(length, recipients);

        var endings = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => rig.RouteAsync(id))));

        Assert.All(endings, ending => Assert.Equal(Ending.Done, ending));
        await rig.RouteAsync(id);
        AssertFinished(rig, id, length, recipients);
    }

    [Fact]
    public async Task Hints_in_any_order_and_number_bring_every_message_once()
    {
        using var rig = new PipelineRig();
        var ids = Enumerable.Range(0, 30).Select(_ => rig.Commit(Alice, Bob)).ToList();
        var hints = ids.Concat(ids).Concat(ids).ToArray();
        new Random(99).Shuffle(hints);

        await Parallel.ForEachAsync(hints, new ParallelOptions { MaxDegreeOfParallelism = 10 }, async (id, _) => await rig.RouteAsync(id));

        Assert.Equal(60, rig.Stores.Mailboxes.Created);
        Assert.Equal(ids.Order(), rig.Stores.Mailboxes.CopiesOf(Alice));
        Assert.Equal(ids.Order(), rig.Stores.Mailboxes.CopiesOf(Bob));
        Assert.Empty(rig.Stores.Spool.Ids);
    }

    [Fact]
    public async Task A_fault_while_parking_leaves_the_message_to_the_next_run()
    {
        using var rig = new PipelineRig();
        var id = rig.Commit(Alice);
        rig.Stores.Spool.Damage(id, 5);
        rig.Stores.Faults.FailEvery("Parked.Park");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => rig.RouteAsync(id));
        rig.Stores.Faults.Clear();
        Assert.Equal(Ending.Done, await rig.RouteAsync(id));

        Assert.Equal([id.Text], rig.Stores.Parked.Names);
        Assert.Equal([id], rig.Stores.Spool.Ids);
    }

    private static async Task<int> CallsOfAFaultlessRunAsync(int length, EmailAddress[] recipients)
    {
        using var rig = new PipelineRig();
        var id = rig.Commit(length, recipients);
        rig.Stores.Faults.Clear();
        await rig.RouteAsync(id);
        return rig.Stores.Faults.Calls.Count;
    }

    private static void AssertFinished(PipelineRig rig, SpoolId id, int length, EmailAddress[] recipients)
    {
        var accounts = recipients.Where(recipient => recipient != Remote).ToList();
        Assert.Equal(accounts.Count, rig.Stores.Mailboxes.Created);
        foreach (var account in accounts)
        {
            Assert.Equal([id], rig.Stores.Mailboxes.CopiesOf(account));
            Assert.True(CopyFor(account, length).AsSpan().SequenceEqual(rig.Stores.Mailboxes.Content(account, id)));
        }
        Assert.Empty(rig.Stores.Parked.Names);
        if (recipients.Contains(Remote))
        {
            Assert.Equal([id], rig.Stores.Spool.Ids);
            Assert.Equal([id], rig.Stores.Ledger.Ids);
        }
        else
        {
            Assert.Empty(rig.Stores.Spool.Ids);
            Assert.Empty(rig.Stores.Ledger.Ids);
        }
    }
}
