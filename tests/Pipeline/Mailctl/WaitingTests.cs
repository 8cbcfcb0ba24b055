// mailctl queue list and parked list: what waits is visible.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Pipeline.Storage;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class WaitingTests(AzuriteServer azurite) : IDisposable
{
    private readonly Operator _person = new(azurite.FreshAccount());

    [Fact]
    public async Task An_empty_system_has_nothing_to_show_and_says_so()
    {
        await _person.SetUpAsync();

        Assert.Equal("No mail waits to leave.", (await _person.DoAsync("queue list")).Trim());
        Assert.Equal("Nothing is parked.", (await _person.DoAsync("parked list")).Trim());
        Assert.Equal("There are no aliases.", (await _person.DoAsync("alias list")).Trim());
        Assert.Equal(0, (await _person.RunAsync("queue list --json")).Json.GetProperty("waiting").GetArrayLength());
        Assert.Equal(0, (await _person.RunAsync("parked list --json")).Json.GetProperty("parked").GetArrayLength());
    }

    [Fact]
    public async Task Mail_that_is_held_or_due_is_listed_by_destination()
    {
        await _person.SetUpAsync();
        var held = SpoolId.New(TimeProvider.System);
        var due = SpoolId.New(TimeProvider.System);
        await _person.Stores.Ledgers.CreateAsync(
            new Ledger(held, EmailAddress.Parse("boss@example.test"), held.Time, [
                Destination("one.test", DestinationState.Held, "a@one.test", "b@one.test"), Destination("two.test", DestinationState.Held, "c@two.test")]),
            CancellationToken.None);
        await _person.Stores.Ledgers.CreateAsync(
            new Ledger(due, null, due.Time, [Destination("three.test", DestinationState.Due, "d@three.test")]), CancellationToken.None);

        var rows = (await _person.RunAsync("queue list --json")).Json.GetProperty("waiting").EnumerateArray()
            .OrderBy(row => row.GetProperty("destination").GetString(), StringComparer.Ordinal).ToList();

        Assert.Equal(["one.test", "three.test", "two.test"], rows.Select(row => row.GetProperty("destination").GetString()));
        Assert.Equal(["held", "due", "held"], rows.Select(row => row.GetProperty("state").GetString()));
        Assert.Equal(["boss@example.test", "", "boss@example.test"], rows.Select(row => row.GetProperty("sender").GetString()));
        Assert.Equal(["a@one.test", "b@one.test"], rows[0].GetProperty("recipients").EnumerateArray().Select(to => to.GetString()));
        Assert.Equal(held.Text, rows[0].GetProperty("id").GetString());
        Assert.Equal(held.Time, rows[0].GetProperty("since").GetDateTimeOffset());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, rows[0].GetProperty("next").ValueKind);
        Assert.Equal(System.Text.Json.JsonValueKind.String, rows[1].GetProperty("next").ValueKind);

        var table = await _person.DoAsync("queue list");
        Assert.Equal(4, table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("a@one.test, b@one.test", table, StringComparison.Ordinal);
        Assert.Contains("<>", table, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"v":99}""", "unknownVersion")]
    [InlineData("not json", "damaged")]
    public async Task A_ledger_that_cannot_be_read_is_listed_too(string content, string state)
    {
        await _person.SetUpAsync();
        var id = SpoolId.New(TimeProvider.System);
        await _person.Stores.Connection.Blobs.GetBlobContainerClient("ledger").UploadBlobAsync(id.Text, BinaryData.FromString(content));

        var row = Assert.Single((await _person.RunAsync("queue list --json")).Json.GetProperty("waiting").EnumerateArray());
        Assert.Equal((id.Text, state), (row.GetProperty("id").GetString()!, row.GetProperty("state").GetString()!));
        Assert.Contains(state, await _person.DoAsync("queue list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_parked_is_listed_with_its_reason_and_without_its_text()
    {
        await _person.SetUpAsync();
        var id = SpoolId.New(TimeProvider.System);
        await _person.Stores.Parked.ParkAsync(id, "the hash differs", CancellationToken.None);
        await _person.Stores.Parked.ParkTextAsync(WorkQueue.Relay, "hello"u8.ToArray(), "no work item", CancellationToken.None);
        await _person.Stores.Connection.Blobs.GetBlobContainerClient("parked").UploadBlobAsync("zzz", BinaryData.FromString("["));

        var rows = (await _person.RunAsync("parked list --json")).Json.GetProperty("parked").EnumerateArray()
            .ToDictionary(row => row.GetProperty("name").GetString()!);

        Assert.Equal(3, rows.Count);
        Assert.Equal("the hash differs", rows[id.Text].GetProperty("reason").GetString());
        Assert.Contains(rows.Values, row => row.GetProperty("queue").GetString() == "relay" && row.GetProperty("reason").GetString() == "no work item");
        Assert.Contains("cannot be read", rows["zzz"].GetProperty("reason").GetString(), StringComparison.Ordinal);
        var table = await _person.DoAsync("parked list");
        Assert.Contains("the hash differs", table, StringComparison.Ordinal);
        Assert.DoesNotContain("hello", table, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("domain list", "domains")]
    [InlineData("account list", "accounts")]
    [InlineData("alias list", "aliases")]
    [InlineData("queue list", "waiting")]
    [InlineData("parked list", "parked")]
    public async Task A_list_as_JSON_is_one_document_with_one_field(string verb, string field)
    {
        await _person.SetUpAsync();
        var json = (await _person.RunAsync($"{verb} --json")).Json;
        Assert.Equal(field, Assert.Single(json.EnumerateObject()).Name);
    }

    public void Dispose() => _person.Dispose();

    private static LedgerDestination Destination(string name, DestinationState state, params string[] recipients) =>
        new(name, state, [.. recipients.Select(Sample.Recipient)]);
}
