// What RouteMessage does with what it cannot read or must not believe.
using System.Text;
using MailFunctions.App.Pipeline;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using static MailFunctions.Pipeline.Functions.PipelineRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class RouteMessageDamageTests : IDisposable
{
    private readonly PipelineRig _rig = new();

    private static EmailAddress Remote(string text) => EmailAddress.Parse(text);

    [Theory]
    [InlineData(2_000, 0)]
    [InlineData(2_000, 1_999)]
    [InlineData(3 * Block, 3 * Block - 1)]
    [InlineData(3 * Block, 0)]
    public async Task A_message_whose_hash_is_wrong_is_parked_and_neither_delivered_nor_deleted(int length, int position)
    {
        var id = _rig.Commit(length, Alice, Remote("a@one.test"));
        _rig.Stores.Spool.Damage(id, position);

        Assert.Equal(Ending.Done, await _rig.RouteAsync(id));
        Assert.Equal(Ending.Done, await _rig.RouteAsync(id));

        AssertParked(id);
    }

    [Theory]
    [InlineData(2_000, 1_000)]
    [InlineData(3 * Block, 2 * Block)]
    [InlineData(3 * Block, 2 * Block + 1)]
    public async Task A_message_that_ends_early_is_parked_and_neither_delivered_nor_deleted(int length, int available)
    {
        var id = _rig.Commit(length, Alice);
        _rig.Stores.Spool.Truncate(id, available);

        Assert.Equal(Ending.Done, await _rig.RouteAsync(id));

        AssertParked(id);
    }

    [Fact]
    public async Task A_message_that_cannot_be_what_was_committed_is_parked_with_an_alert()
    {
        var id = SpoolId.New(_rig.Stores.Time);
        _rig.Stores.Spool.PutUnopenable(id, new SpoolOpening.Damaged("no envelope"));

        Assert.Equal(Ending.Done, await _rig.RouteAsync(id));

        AssertParked(id);
    }

    [Fact]
    public async Task An_envelope_without_recipients_is_parked()
    {
        var id = _rig.Commit();

        await _rig.RouteAsync(id);

        AssertParked(id);
    }

    [Fact]
    public async Task A_damaged_ledger_is_parked()
    {
        var id = _rig.Commit(Alice, Remote("a@one.test"));
        _rig.Stores.Ledger.PutUnreadable(id, new LedgerReading.Damaged("not JSON"), next: null);

        Assert.Equal(Ending.Done, await _rig.RouteAsync(id));

        AssertParked(id);
    }

    [Fact]
    public async Task A_spool_blob_of_an_unknown_version_is_left_and_tried_again()
    {
        var id = SpoolId.New(_rig.Stores.Time);
        _rig.Stores.Spool.PutUnopenable(id, new SpoolOpening.UnknownVersion(2));

        Assert.Equal(Ending.TryAgain, await _rig.RouteAsync(id));

        Assert.Equal([id], _rig.Stores.Spool.Ids);
        Assert.Empty(_rig.Stores.Parked.Names);
        Assert.Contains(_rig.Log.Lines, line => line.Event == 1011 && line.Text.Contains(id.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_ledger_of_an_unknown_version_is_left_and_tried_again()
    {
        var id = _rig.Commit(Alice, Remote("a@one.test"));
        _rig.Stores.Ledger.PutUnreadable(id, new LedgerReading.UnknownVersion(2), next: null);

        Assert.Equal(Ending.TryAgain, await _rig.RouteAsync(id));

        Assert.Equal([id], _rig.Stores.Spool.Ids);
        Assert.Empty(_rig.Stores.Mailboxes.CopiesOf(Alice));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello secret")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"v":1}""")]
    [InlineData("""{"v":1,"id":"../../secret"}""")]
    [InlineData("""{"v":"secret","id":"0195a0c3b1f07000800000000000000a"}""")]
    [InlineData("{\"v\":1,\"id\":\"\u00ff\ud83d\"}")]
    public async Task A_text_that_names_no_message_is_parked_at_once_and_not_logged(string text)
    {
        Assert.Equal(Ending.Done, await _rig.Route.RunAsync(Encoding.Latin1.GetBytes(text), CancellationToken.None));

        Assert.Single(_rig.Stores.Parked.Texts);
        Assert.Contains(_rig.Log.Lines, line => line.Event == 1901);
        Assert.DoesNotContain(_rig.Log.Lines, line => line.Text.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_text_of_an_unknown_version_is_dropped_with_a_warning()
    {
        Assert.Equal(Ending.Done, await _rig.Route.RunAsync("""{"v":2,"what":"ever"}"""u8.ToArray(), CancellationToken.None));

        Assert.Empty(_rig.Stores.Parked.Names);
        Assert.Contains(_rig.Log.Lines, line => line is { Event: 1010, Level: Microsoft.Extensions.Logging.LogLevel.Warning });
    }

    public void Dispose() => _rig.Dispose();

    private void AssertParked(SpoolId id)
    {
        Assert.Equal([id.Text], _rig.Stores.Parked.Names);
        Assert.Equal([id], _rig.Stores.Spool.Ids);
        Assert.Empty(_rig.Stores.Mailboxes.CopiesOf(Alice));
        Assert.Contains(_rig.Log.Lines, line => line is { Event: 1900, Level: Microsoft.Extensions.Logging.LogLevel.Error }
            && line.Text.Contains(id.Text, StringComparison.Ordinal));
    }
}
