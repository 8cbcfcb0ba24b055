// What RouteMessage does with messages that storage gives up without trouble.
using System.Text;
using MailFunctions.App.Pipeline;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using static MailFunctions.Pipeline.Functions.PipelineRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class RouteMessageTests : IDisposable
{
    private readonly PipelineRig _rig = new();

    private static EmailAddress Remote(string text) => EmailAddress.Parse(text);

    [Theory]
    [InlineData(1)]
    [InlineData(2_000)]
    [InlineData(Block - 1)]
    [InlineData(Block)]
    [InlineData(Block + 1)]
    [InlineData(2 * Block)]
    [InlineData(2 * Block + 77)]
    public async Task A_message_of_any_length_is_copied_whole_to_every_account_and_leaves_the_spool(int length)
    {
        var id = _rig.Commit(length, Alice, Bob);

        Assert.Equal(Ending.Done, await _rig.RouteAsync(id));

        Assert.Equal(CopyFor(Alice, length), _rig.Stores.Mailboxes.Content(Alice, id));
        Assert.Equal(CopyFor(Bob, length), _rig.Stores.Mailboxes.Content(Bob, id));
        Assert.Empty(_rig.Stores.Spool.Ids);
        Assert.Empty(_rig.Stores.Ledger.Ids);
    }

    [Fact]
    public async Task A_small_local_message_costs_one_read_one_write_and_one_deletion()
    {
        var id = _rig.Commit(Alice);
        _rig.Stores.Faults.Clear();

        await _rig.RouteAsync(id);

        Assert.Equal(["Spool.Open", "Mailbox.Deliver", "Spool.Delete"], _rig.Stores.Faults.Calls.Where(call => call != "Spool.Read"));
    }

    [Fact]
    public async Task The_null_reverse_path_is_written_as_such()
    {
        var id = SpoolId.New(_rig.Stores.Time);
        _rig.Stores.Spool.Put(EnvelopeOf(id, [Alice]) with { ReversePath = null }, "x\r\n"u8.ToArray());

        await _rig.RouteAsync(id);

        Assert.Equal("Return-Path: <>\r\nDelivered-To: alice@example.test\r\nx\r\n", Encoding.ASCII.GetString(_rig.Stores.Mailboxes.Content(Alice, id)));
    }

    [Fact]
    public async Task Many_aliases_and_spellings_of_one_account_make_one_copy()
    {
        var id = _rig.Commit(Alice, EmailAddress.Parse("ALICE@example.test"), EmailAddress.Parse("Alice@EXAMPLE.test"), Bob);

        await _rig.RouteAsync(id);

        Assert.Equal(2, _rig.Stores.Mailboxes.Created);
        Assert.Single(_rig.Stores.Mailboxes.CopiesOf(Alice));
        Assert.Single(_rig.Stores.Mailboxes.CopiesOf(Bob));
    }

    [Theory]
    [InlineData(2_000)]
    [InlineData(Block + 5)]
    public async Task Thirty_accounts_each_get_their_copy(int length)
    {
        var id = _rig.Commit(length, [.. Enumerable.Range(1, 30).Select(Account)]);

        await _rig.RouteAsync(id);

        Assert.All(Enumerable.Range(1, 30), number => Assert.Equal(CopyFor(Account(number), length), _rig.Stores.Mailboxes.Content(Account(number), id)));
        Assert.Empty(_rig.Stores.Spool.Ids);
    }

    [Fact]
    public async Task A_message_of_23_megabytes_is_never_more_than_two_blocks_in_memory()
    {
        var id = _rig.Commit(23_000_000, Alice, Bob);
        long read = 0, written = 0, most = 0;
        _rig.Stores.Spool.OnRead = position => (read, most) = (position, Math.Max(most, position - written));
        _rig.Stores.Mailboxes.OnWrite = position => written = position;

        await _rig.RouteAsync(id);

        Assert.Equal(23_000_000, read);
        Assert.InRange(most, Block, 2 * Block);
        Assert.Equal(CopyFor(Alice, 23_000_000).AsSpan(), _rig.Stores.Mailboxes.Content(Alice, id).AsSpan());
    }

    [Fact]
    public async Task A_copy_of_a_large_message_that_is_there_already_is_not_uploaded_again()
    {
        var id = _rig.Commit(Block + 1, Alice, Bob);
        _rig.Stores.Mailboxes.Put(Alice, id, [1], _rig.Stores.Clock.UtcNow);
        _rig.Stores.Faults.Clear();

        await _rig.RouteAsync(id);

        Assert.Equal(2, _rig.Stores.Faults.Calls.Count(call => call == "Mailbox.Write"));
        Assert.Equal(CopyFor(Bob, Block + 1), _rig.Stores.Mailboxes.Content(Bob, id));
    }

    [Theory]
    [InlineData(2_000)]
    [InlineData(Block + 1)]
    public async Task A_deleted_copy_does_not_come_back(int length)
    {
        var id = _rig.Commit(length, Alice);
        await _rig.Stores.Mailboxes.BuryAsync(Alice, id, CancellationToken.None);

        await _rig.RouteAsync(id);

        Assert.Empty(_rig.Stores.Mailboxes.CopiesOf(Alice));
        Assert.Empty(_rig.Stores.Spool.Ids);
    }

    [Fact]
    public async Task Recipients_at_other_domains_are_held_in_the_ledger_by_domain()
    {
        var id = _rig.Commit(Alice, Remote("a@one.test"), Remote("b@two.test"), Remote("C@one.test"), Remote("d@[192.0.2.1]"));

        Assert.Equal(Ending.Done, await _rig.RouteAsync(id));

        var ledger = _rig.Stores.Ledger[id];
        Assert.Equal(["one.test: a@one.test, C@one.test", "two.test: b@two.test", "[192.0.2.1]: d@[192.0.2.1]"],
            ledger.Destinations.Select(destination => $"{destination.Name}: {string.Join(", ", destination.Recipients.Select(to => to.Address))}"));
        Assert.All(ledger.Destinations, destination => Assert.Equal(DestinationState.Held, destination.State));
        Assert.Equal(Sender, ledger.ReversePath);
        Assert.Single(_rig.Stores.Mailboxes.CopiesOf(Alice));
        Assert.Equal([id], _rig.Stores.Spool.Ids);
        Assert.Empty(_rig.Stores.Queue.Items(WorkQueue.Relay));
    }

    [Fact]
    public async Task Where_a_ledger_exists_local_copies_are_done_and_only_what_is_open_is_enqueued()
    {
        var id = _rig.Commit(Alice, Remote("a@one.test"), Remote("b@two.test"));
        _rig.Stores.Ledger.Put(
            new Ledger(id, Sender, default, [new("one.test", DestinationState.Held, [At("a@one.test")]), new("two.test", DestinationState.Due, [At("b@two.test")])]),
            next: _rig.Stores.Clock.UtcNow);

        Assert.Equal(Ending.Done, await _rig.RouteAsync(id));

        Assert.Empty(_rig.Stores.Mailboxes.CopiesOf(Alice));
        Assert.Equal("two.test", Assert.Single(_rig.Stores.Queue.Items(WorkQueue.Relay)).Destination);
        Assert.Equal([id], _rig.Stores.Spool.Ids);
    }

    [Fact]
    public async Task A_hint_for_a_finished_message_is_done_and_takes_a_left_over_ledger_with_it()
    {
        var id = SpoolId.New(_rig.Stores.Time);
        Assert.Equal(Ending.Done, await _rig.RouteAsync(id));

        _rig.Stores.Ledger.Put(new Ledger(id, Sender, default, []), next: null);
        Assert.Equal(Ending.Done, await _rig.RouteAsync(id));

        Assert.Empty(_rig.Stores.Ledger.Ids);
    }

    [Theory]
    [InlineData(2_000)]
    [InlineData(Block + 1)]
    public async Task After_five_minutes_of_work_the_rest_is_left_to_a_due_entry_and_a_later_run_ends_it(int length)
    {
        var accounts = Enumerable.Range(1, 40).Select(Account).ToArray();
        var id = _rig.Commit(length, accounts);
        _rig.Stores.Time.OnTimestamp = () => _rig.Stores.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(Ending.Done, await _rig.RouteAsync(id, poisoned: 2));

        var entry = Assert.Single(_rig.Stores.Due.Entries);
        Assert.Equal((id, null, 2), (entry.Id, entry.Destination, entry.Poisoned));
        Assert.True(entry.Time <= _rig.Stores.Clock.UtcNow);
        Assert.Equal([id], _rig.Stores.Spool.Ids);
        Assert.InRange(_rig.Stores.Mailboxes.Created, 1, accounts.Length - 1);

        _rig.Stores.Time.OnTimestamp = null;
        await _rig.Retry.RunAsync(CancellationToken.None);
        Assert.Equal(Ending.Done, await _rig.Route.RunAsync(Assert.Single(_rig.Stores.Queue.Items(WorkQueue.Accepted)).ToBytes(), CancellationToken.None));

        Assert.Equal(accounts.Length, _rig.Stores.Mailboxes.Created);
        Assert.Empty(_rig.Stores.Spool.Ids);
        Assert.Empty(_rig.Stores.Due.Entries);
    }

    public void Dispose() => _rig.Dispose();
}
