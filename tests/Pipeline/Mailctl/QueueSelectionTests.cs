// Which messages the filters of the queue verbs select.
using MailFunctions.Mail;
using MailFunctions.Mailctl;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class QueueSelectionTests(AzuriteServer azurite) : IAsyncLifetime
{
    private readonly QueueRig _rig = new(azurite);
    private readonly Dictionary<string, SpoolId> _ids = [];

    public async ValueTask InitializeAsync()
    {
        await _rig.SetUpAsync();
        _ids["young"] = await _rig.AddAsync("a.test due, b.test due", QueueRig.Sender, TimeSpan.FromMinutes(10));
        _ids["old"] = await _rig.AddAsync("a.test due", EmailAddress.Parse("other@example.test"), TimeSpan.FromHours(30));
        _ids["report"] = await _rig.AddAsync("b.test due", from: null, TimeSpan.FromHours(3), MessageOrigin.Report);
        _ids["owed"] = await _rig.AddAsync("owed", QueueRig.Sender, TimeSpan.FromHours(3));
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("--all", "old, owed, report, young")]
    [InlineData("--domain a.test", "old, young")]
    [InlineData("--domain A.TEST.", "old, young")]
    [InlineData("--domain c.test", "")]
    [InlineData("--older 1h", "old, owed, report")]
    [InlineData("--older 60m", "old, owed, report")]
    [InlineData("--older 5h", "old")]
    [InlineData("--older 1d5h", "old")]
    [InlineData("--older 1d7h", "")]
    [InlineData("--older 590s", "old, owed, report, young")]
    [InlineData("--sender from@example.test", "owed, young")]
    [InlineData("--sender <>", "report")]
    [InlineData("--domain b.test --older 1h", "report")]
    [InlineData("--domain a.test --sender other@example.test --older 1d", "old")]
    [InlineData("{young} {old}", "old, young")]
    [InlineData("{young} {old} --older 1h", "old")]
    [InlineData("{young} --sender <>", "")]
    public async Task Filters_select(string options, string selected)
    {
        foreach (var (name, id) in _ids)
            options = options.Replace($"{{{name}}}", id.Text, StringComparison.Ordinal);

        var said = await _rig.Person.RunAsync($"queue bounce {options} --json");

        Assert.Equal((ExitCode.Done, ""), (said.Code, said.Error));
        var names = selected.Split(", ").Where(name => name is not ("owed" or "")); // of which nothing is left to return
        Assert.Equal(
            names.Order(StringComparer.Ordinal),
            said.Json.GetProperty("changed").EnumerateArray().Select(row => row.GetProperty("id").GetString()).Distinct()
                .Select(id => _ids.Single(pair => pair.Value.Text == id).Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", "a.test, a.test, b.test, b.test, <report>")]
    [InlineData("--domain b.test", "b.test, b.test")]
    [InlineData("--older 1d", "a.test")]
    [InlineData("--sender <>", "b.test")]
    [InlineData("--domain a.test --older 1d --sender FROM@example.test", "")]
    public async Task A_list_takes_the_same_filters(string options, string listed)
    {
        var rows = (await _rig.Person.RunAsync($"queue list {options} --json")).Json.GetProperty("waiting").EnumerateArray();

        Assert.Equal(
            listed.Split(", ", StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            rows.Select(row => row.GetProperty("destination").GetString()!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_drop_by_filter_says_how_much_it_would_remove()
    {
        var said = await _rig.Person.TypeAsync("queue drop --older 1h", "no\n");

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains("Remove 3 messages for good", said.Error, StringComparison.Ordinal);
        Assert.Equal("a.test due", await _rig.StateAsync(_ids["old"]));
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_read_passes_no_filter_and_is_refused_by_all()
    {
        var id = SpoolId.New(TimeProvider.System);
        await _rig.Stores.Connection.Blobs.GetBlobContainerClient("ledger").UploadBlobAsync(id.Text, BinaryData.FromString("{"));

        Assert.Equal(ExitCode.Done, (await _rig.Person.RunAsync("queue hold --older 0s")).Code);
        var said = await _rig.Person.RunAsync("queue release --all");

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains(id.Text, said.Error, StringComparison.Ordinal);
        Assert.Equal("a.test due now, b.test due now", await _rig.StateAsync(_ids["young"]));
    }
}
