// Mail that arrives for an account after its removal.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig.Memory;
using static MailFunctions.Pipeline.Functions.PipelineRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class LateMailTests : IDisposable
{
    private static readonly EmailAddress Postmaster = EmailAddress.Parse("postmaster@example.test");

    private readonly PipelineRig _rig = new();
    private readonly DateTimeOffset _removedAt;

    public LateMailTests()
    {
        _removedAt = _rig.Stores.Clock.UtcNow;
        Remove(_rig, Postmaster);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(Block)]
    [InlineData(2 * Block + 5)]
    public async Task Late_mail_is_moved_to_the_postmaster_unchanged(int length)
    {
        var uid = Put(_rig, CopyFor(Alice, length), TimeSpan.FromSeconds(1));

        await SweepAsync(_rig);

        Assert.Equal(CopyFor(Alice, length), _rig.Stores.Mailboxes.Content(Postmaster, uid));
        Assert.Empty(_rig.Stores.Mailboxes.CopiesOf(Alice));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-60)]
    public async Task Mail_from_before_the_removal_stays(int seconds)
    {
        var uid = Put(_rig, [1, 2, 3], TimeSpan.FromSeconds(seconds));

        await SweepAsync(_rig);

        Assert.Equal([uid], _rig.Stores.Mailboxes.CopiesOf(Alice));
        Assert.Empty(_rig.Stores.Mailboxes.CopiesOf(Postmaster));
    }

    [Fact]
    public async Task While_its_spool_blob_is_there_a_copy_stays()
    {
        var uid = _rig.Commit(Alice, EmailAddress.Parse("a@one.test"));
        _rig.Stores.Time.Advance(TimeSpan.FromMinutes(1));
        await _rig.RouteAsync(uid);

        await SweepAsync(_rig);
        Assert.Equal([uid], _rig.Stores.Mailboxes.CopiesOf(Alice));

        await _rig.Stores.Spool.DeleteAsync(uid, CancellationToken.None);
        await SweepAsync(_rig);
        Assert.Equal([uid], _rig.Stores.Mailboxes.CopiesOf(Postmaster));
    }

    // A third worker with the message, held up by storage, wrote it again where it had just been moved away.
    [Theory]
    [InlineData(9, false)]
    [InlineData(11, true)]
    public async Task A_copy_is_moved_once_no_worker_can_have_its_message_in_its_hands_any_more(int minutes, bool isMoved)
    {
        var uid = Put(_rig, [1, 2, 3], TimeSpan.FromSeconds(1));
        _rig.Stores.Time.Advance(TimeSpan.FromSeconds(1) + TimeSpan.FromMinutes(minutes));

        await _rig.Sweep.RunAsync(null, CancellationToken.None);

        Assert.Equal([uid], _rig.Stores.Mailboxes.CopiesOf(isMoved ? Postmaster : Alice));
    }

    [Fact]
    public async Task Without_a_postmaster_the_mail_stays_and_the_log_says_so()
    {
        using var rig = new PipelineRig();
        Remove(rig, null);
        var uid = Put(rig, [1, 2, 3], TimeSpan.FromMinutes(1));

        await SweepAsync(rig);

        Assert.Equal([uid], rig.Stores.Mailboxes.CopiesOf(Alice));
        Assert.Contains(rig.Log.Lines, line => line.Event == 1041);
    }

    [Fact]
    public async Task Only_the_hourly_look_asks_for_removed_accounts()
    {
        Put(_rig, [1, 2, 3], TimeSpan.FromMinutes(1));
        _rig.Stores.Time.Advance(TimeSpan.FromMinutes(20));

        await _rig.Sweep.RunAsync(_rig.Stores.Time.GetUtcNow() - TimeSpan.FromMinutes(10), CancellationToken.None);

        Assert.DoesNotContain("Mailbox.List", _rig.Stores.Faults.Calls);
    }

    [Fact]
    public async Task A_fault_at_any_call_loses_no_mail_and_a_later_sweep_leaves_one_copy()
    {
        foreach (var moment in Enum.GetValues<FaultMoment>())
        {
            for (var call = 1; ; call++)
            {
                Assert.True(call < 50, "The sweep never ran without a fault.");
                using var rig = new PipelineRig();
                Remove(rig, Postmaster);
                var uid = Put(rig, CopyFor(Alice, Block + 1), TimeSpan.FromMinutes(1));
                rig.Stores.Faults.FailAt(call, moment);

                var failed = await Record.ExceptionAsync(() => SweepAsync(rig));
                Assert.True(failed is null or StoreUnavailableException);
                Assert.True(rig.Stores.Mailboxes.CopiesOf(Alice).Contains(uid) || rig.Stores.Mailboxes.CopiesOf(Postmaster).Contains(uid));
                rig.Stores.Faults.Clear();
                await SweepAsync(rig);

                Assert.Equal(CopyFor(Alice, Block + 1), rig.Stores.Mailboxes.Content(Postmaster, uid));
                Assert.Empty(rig.Stores.Mailboxes.CopiesOf(Alice));
                if (failed is null)
                    break;
            }
        }
    }

    public void Dispose() => _rig.Dispose();

    private static void Remove(PipelineRig rig, EmailAddress? postmaster)
    {
        var account = new Account(Alice, ScramVerifier.Unmatchable, rig.Stores.Clock.UtcNow);
        rig.Stores.RemovedAccounts.Accounts.Add(new RemovedAccount(account, postmaster));
    }

    private static Task SweepAsync(PipelineRig rig)
    {
        rig.Stores.Time.Advance(TimeSpan.FromMinutes(11)); // copies settle
        return rig.Sweep.RunAsync(null, CancellationToken.None);
    }

    private SpoolId Put(PipelineRig rig, byte[] content, TimeSpan afterRemoval)
    {
        var uid = SpoolId.New(rig.Stores.Time);
        rig.Stores.Mailboxes.Put(Alice, uid, content, _removedAt + afterRemoval);
        return uid;
    }
}
