// What relaying does with hints, messages and ledgers that are damaged, and with names that cannot be found.
using MailFunctions.App.Pipeline;
using MailFunctions.Dns;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using static MailFunctions.Pipeline.Functions.RelayRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class RelayTroubleTests : IAsyncDisposable
{
    private readonly RelayRig _rig = new();

    [Theory]
    [InlineData("nothing")]
    [InlineData("")]
    [InlineData("{\"v\":1}")]
    public async Task F23_an_unreadable_hint_is_parked(string text)
    {
        Assert.Equal(Ending.Done, await _rig.Relay.RunAsync(System.Text.Encoding.UTF8.GetBytes(text), CancellationToken.None));

        Assert.Single(_rig.Stores.Parked.Texts);
    }

    [Fact]
    public async Task F23_a_hint_without_a_destination_is_parked_and_one_for_a_finished_message_is_done()
    {
        var id = SpoolId.New(_rig.Stores.Time);

        Assert.Equal(Ending.Done, await _rig.Relay.RunAsync(new WorkItem { Id = id }.ToBytes(), CancellationToken.None));
        Assert.Single(_rig.Stores.Parked.Texts);
        Assert.Equal(Ending.Done, await _rig.RelayAsync(id, "one.test"));
        Assert.Empty(_rig.Stores.Due.Entries);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task F25_a_damaged_message_is_parked_and_never_finished_at_a_server(bool truncated)
    {
        var peer = _rig.Domain("one.test");
        var id = _rig.Submit("a@one.test");
        if (truncated)
            _rig.Stores.Spool.Truncate(id, 10);
        else
            _rig.Stores.Spool.Damage(id, 10);

        await _rig.DrainAsync();

        Assert.Empty(peer.Taken);
        Assert.Equal([id], _rig.Stores.Spool.Ids);
        Assert.Equal([id.Text], _rig.Stores.Parked.Names);
    }

    [Fact]
    public async Task F25_a_damaged_ledger_is_parked_and_F36_one_of_another_version_is_left_alone()
    {
        var (damaged, unknown) = (SpoolId.New(_rig.Stores.Time), SpoolId.New(_rig.Stores.Time));
        _rig.Stores.Ledger.PutUnreadable(damaged, new LedgerReading.Damaged("broken"), next: null);
        _rig.Stores.Ledger.PutUnreadable(unknown, new LedgerReading.UnknownVersion(9), next: null);

        Assert.Equal(Ending.Done, await _rig.RelayAsync(damaged, "one.test"));
        Assert.Equal(Ending.TryAgain, await _rig.RelayAsync(unknown, "one.test"));

        Assert.Equal([damaged.Text], _rig.Stores.Parked.Names);
        Assert.Equal(2, _rig.Stores.Ledger.Ids.Count);
    }

    [Theory]
    [InlineData(Trouble.ServerFailed)]
    [InlineData(Trouble.TimedOut)]
    [InlineData(Trouble.Refused)]
    [InlineData(Trouble.Lame)]
    [InlineData(Trouble.Malformed)]
    public async Task F31_DN_07_while_the_name_servers_are_in_trouble_mail_waits_and_no_breaker_opens(Trouble trouble)
    {
        var peer = _rig.Domain("one.test");
        _rig.Zone.Fail("one.test", trouble);
        _rig.Submit("a@one.test");

        await _rig.DrainAsync();
        Assert.Empty(_rig.ReportsTo(Alice));
        Assert.Empty(_rig.Stores.Destinations.Open);
        _rig.Zone.Recover("one.test");
        await _rig.RunToRestAsync();

        Assert.Single(peer.Taken);
    }

    [Fact]
    public async Task F31_DN_06_a_domain_that_does_not_exist_and_a_null_MX_bounce_at_once()
    {
        _rig.Zone.AddMx("null.test", 0, ".");
        _rig.Submit("a@nowhere.test", "b@null.test");

        await _rig.DrainAsync();

        var reports = string.Join('\n', _rig.ReportsTo(Alice));
        Assert.Contains("Status: 5.1.2", reports, StringComparison.Ordinal);
        Assert.Contains("Status: 5.1.10", reports, StringComparison.Ordinal);
        Assert.Empty(_rig.Stores.Spool.Ids);
        Assert.Empty(_rig.Stores.Ledger.Ids);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();
}
