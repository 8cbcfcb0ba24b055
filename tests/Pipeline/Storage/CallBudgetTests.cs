// What each piece of work costs in calls to storage.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class CallBudgetTests : IClassFixture<StorageAccount>, IDisposable
{
    private readonly StorageCalls _calls = new();
    private readonly MailStores _stores;
    private readonly EmailAddress _user = Sample.Account();
    private readonly SpoolId _id = Sample.Id();

    public CallBudgetTests(StorageAccount account) => _stores = account.Open(_calls);

    public void Dispose() => _stores.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(Sample.Block)]
    public async Task Intake_of_a_message_of_one_block_is_two_calls(int length)
    {
        await Sample.SpoolAsync(_stores.Spool, _id, Sample.Content(length));
        await _stores.Queues.EnqueueAsync(WorkQueue.Accepted, new WorkItem { Id = _id }, CancellationToken.None);

        Assert.Equal(["Put Blob", "Put Message"], _calls.Names);
    }

    [Theory]
    [InlineData(Sample.Block + 1, 2)]
    [InlineData(2 * Sample.Block, 2)]
    [InlineData(2 * Sample.Block + 1, 3)]
    public async Task A_larger_message_is_a_call_for_each_block_and_two_more(int length, int blocks)
    {
        await Sample.SpoolAsync(_stores.Spool, _id, Sample.Content(length));

        Assert.Equal([.. Enumerable.Repeat("Put Block", blocks + 1), "Put Block List"], _calls.Names);
    }

    [Fact]
    public async Task Routing_to_two_mailboxes_is_a_read_two_writes_and_a_deletion()
    {
        await Sample.SpoolAsync(_stores.Spool, _id, Sample.Content(1000));
        _calls.Clear();

        await using (var reader = (await Sample.OpenAsync(_stores.Spool, _id)).Reader)
        {
            var message = await Sample.ReadAsync(reader);
            await _stores.Mailboxes.DeliverAsync(_user, _id, "Return-Path: <>\r\n"u8.ToArray(), message, CancellationToken.None);
            await _stores.Mailboxes.DeliverAsync(Sample.Account(), _id, "Return-Path: <>\r\n"u8.ToArray(), message, CancellationToken.None);
        }
        await _stores.Spool.DeleteAsync(_id, CancellationToken.None);

        Assert.Equal(["Get Blob", "Put Blob", "Put Blob", "Delete Blob"], _calls.Names);
    }

    [Fact]
    public async Task A_copy_in_blocks_is_looked_for_before_it_is_sent()
    {
        var upload = await _stores.Mailboxes.BeginAsync(_user, _id, new byte[10], CancellationToken.None);
        await upload!.WriteAsync(new byte[100], last: false, CancellationToken.None);
        await upload.WriteAsync(new byte[100], last: true, CancellationToken.None);

        Assert.Equal(["Get Blob Properties", "Put Block", "Put Block", "Put Block List"], _calls.Names);
    }

    [Fact]
    public async Task A_pop3_session_is_a_lease_a_list_and_a_read_for_each_message()
    {
        await _stores.Mailboxes.DeliverAsync(_user, _id, new byte[10], new byte[100_000], CancellationToken.None);
        await (await _stores.Mailboxes.TryLockAsync(_user, CancellationToken.None))!.ReleaseAsync(CancellationToken.None);
        _calls.Clear();

        var lease = await _stores.Mailboxes.TryLockAsync(_user, CancellationToken.None);
        Assert.Single(await _stores.Mailboxes.ListAsync(_user, CancellationToken.None).ToListAsync());
        await using (var copy = await _stores.Mailboxes.OpenAsync(_user, _id, CancellationToken.None))
            await Sample.ReadAsync(copy!);
        await lease!.RenewAsync(CancellationToken.None);
        await lease.ReleaseAsync(CancellationToken.None);

        Assert.Equal(["Lease Blob acquire", "List Blobs", "Get Blob", "Lease Blob renew", "Lease Blob release"], _calls.Names);
    }

    [Fact]
    public async Task A_ledger_is_one_call_to_make_one_to_read_and_one_to_delete()
    {
        await _stores.Ledgers.CreateAsync(new Ledger(_id, null, default, []), CancellationToken.None);
        await _stores.Ledgers.ReadAsync(_id, CancellationToken.None);
        await _stores.Ledgers.DeleteAsync(_id, CancellationToken.None);

        Assert.Equal(["Put Blob", "Get Blob", "Delete Blob"], _calls.Names);
    }

    [Fact]
    public async Task A_first_attempt_that_succeeds_is_a_claim_of_a_read_and_a_write_a_read_of_the_message_and_two_deletions()
    {
        await Sample.SpoolAsync(_stores.Spool, _id, Sample.Content(1000));
        await _stores.Ledgers.CreateAsync(
            new Ledger(_id, null, default, [new LedgerDestination("x.test", DestinationState.Due, [Sample.Recipient("a@x.test")])]), CancellationToken.None);
        _calls.Clear();

        var (ledger, tag) = Assert.IsType<LedgerReading.Found>(await _stores.Ledgers.ReadAsync(_id, CancellationToken.None));
        var claimed = ledger.With(ledger.Destinations[0] with { Claim = new DestinationClaim("n", _stores.Clock.UtcNow.AddSeconds(90)) });
        Assert.NotNull(await _stores.Ledgers.UpdateAsync(claimed, tag, CancellationToken.None));
        Assert.Equal(["Get Blob", "Put Blob"], _calls.Names);
        await using (var reader = (await Sample.OpenAsync(_stores.Spool, _id)).Reader)
            await Sample.ReadAsync(reader);
        await _stores.Spool.DeleteAsync(_id, CancellationToken.None);
        await _stores.Ledgers.DeleteAsync(_id, CancellationToken.None);

        Assert.Equal(["Get Blob", "Put Blob", "Get Blob", "Delete Blob", "Delete Blob"], _calls.Names);
    }

    [Fact]
    public async Task A_claim_that_comes_too_late_is_one_call_that_is_refused()
    {
        await _stores.Ledgers.CreateAsync(new Ledger(_id, null, default, []), CancellationToken.None);
        var (ledger, tag) = Assert.IsType<LedgerReading.Found>(await _stores.Ledgers.ReadAsync(_id, CancellationToken.None));
        await _stores.Ledgers.UpdateAsync(ledger, tag, CancellationToken.None);
        _calls.Clear();

        Assert.Null(await _stores.Ledgers.UpdateAsync(ledger, tag, CancellationToken.None));

        Assert.Equal(["Put Blob"], _calls.Names);
    }

    [Fact]
    public async Task A_report_that_is_finished_is_its_mark_and_the_deletion_of_its_ledger()
    {
        await _stores.Spool.LeaveMarkAsync(_id, CancellationToken.None);
        await _stores.Ledgers.DeleteAsync(_id, CancellationToken.None);

        Assert.Equal(["Put Blob", "Delete Blob"], _calls.Names);
    }

    [Fact]
    public async Task A_writer_takes_no_more_than_a_block_before_it_sends_one()
    {
        await using var writer = _stores.Spool.Create(_id);
        var held = 0;
        for (var blocks = 0; blocks < 3;)
        {
            var room = writer.GetMemory().Length;
            Assert.InRange(room, 1, Sample.Block);
            await writer.AdvanceAsync(room, CancellationToken.None);
            held += room;
            if (_calls.Names.Count == blocks)
            {
                Assert.InRange(held, 1, Sample.Block);
                continue;
            }
            held = room; // what came behind the block that was sent
            blocks++;
        }
    }
}
