// mailctl parked show, retry and drop.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mailctl;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class ParkedVerbTests(AzuriteServer azurite) : IAsyncLifetime
{
    private readonly QueueRig _rig = new(azurite);

    public async ValueTask InitializeAsync() => await _rig.SetUpAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("a.test due, b.test held", "a.test", "")]
    [InlineData("a.test due, owed", "<report>, a.test", "")]
    [InlineData("spooled", "", "{id}")]
    public async Task A_message_is_brought_back_to_where_it_stood(string state, string relayed, string accepted)
    {
        var id = state == "spooled" ? await _rig.SpoolAsync(QueueRig.Sender) : await _rig.AddAsync(state, QueueRig.Sender);
        await _rig.Stores.Parked.ParkAsync(id, "why", CancellationToken.None);

        Assert.Equal($"{id}: retried.", (await _rig.Person.DoAsync($"parked retry {id}")).Trim());

        Assert.Empty(await ParkedAsync());
        Assert.Equal(state, await _rig.StateAsync(id));
        Assert.Equal(relayed, await _rig.EnqueuedAsync());
        Assert.Equal(accepted.Replace("{id}", id.Text, StringComparison.Ordinal), await _rig.EnqueuedAsync("accepted"));
    }

    [Theory]
    [InlineData("gone", "nothing is left")]
    [InlineData("damaged ledger", "still damaged")]
    [InlineData("later ledger", "version 99")]
    [InlineData("foreign", "names no message")]
    [InlineData("text", "cannot be read")]
    public async Task What_cannot_be_tried_again_stays_parked(string kind, string told)
    {
        var name = await ParkAsync(kind);

        var said = await _rig.Person.RunAsync($"parked retry {name}");

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains(told, said.Error, StringComparison.Ordinal);
        Assert.Equal([name], await ParkedAsync());
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("damaged ledger")]
    [InlineData("foreign")]
    [InlineData("text")]
    [InlineData("message")]
    public async Task A_drop_removes_what_is_parked_and_all_that_waits_of_it(string kind)
    {
        var name = await ParkAsync(kind);

        Assert.Equal($"{name}: dropped.", (await _rig.Person.DoAsync($"parked drop {name} --yes")).Trim());

        Assert.Empty(await ParkedAsync());
        if (SpoolId.TryParse(name, out var id))
            Assert.Equal("gone", await _rig.StateAsync(id));
    }

    [Theory]
    [InlineData("later ledger", "version 99")]
    [InlineData("under way", "under way")]
    public async Task A_drop_leaves_what_others_work_on(string kind, string told)
    {
        var name = await ParkAsync(kind);

        var said = await _rig.Person.RunAsync($"parked drop {name} --yes");

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains(told, said.Error, StringComparison.Ordinal);
        Assert.Equal([name], await ParkedAsync());
    }

    [Theory]
    [InlineData("show")]
    [InlineData("retry")]
    [InlineData("drop --yes")]
    public async Task A_name_that_nothing_has_is_told(string verb)
    {
        var said = await _rig.Person.RunAsync($"parked {verb} {SpoolId.New(TimeProvider.System)}");

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains("nothing of that name is parked", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_drop_is_asked_about()
    {
        var name = await ParkAsync("text");

        Assert.Equal(ExitCode.Refused, (await _rig.Person.TypeAsync($"parked drop {name}", "no\n")).Code);
        Assert.Equal([name], await ParkedAsync());
        Assert.Equal(ExitCode.Done, (await _rig.Person.TypeAsync($"parked drop {name}", "yes\n")).Code);
        Assert.Empty(await ParkedAsync());
    }

    [Fact]
    public async Task A_text_that_can_be_read_by_now_is_enqueued()
    {
        var id = SpoolId.New(TimeProvider.System);
        await _rig.Stores.Parked.ParkTextAsync(
            WorkQueue.Relay, new WorkItem { Id = id, Destination = "a.test", Poisoned = 10 }.ToBytes(), "why", CancellationToken.None);

        await _rig.Person.DoAsync($"parked retry {Assert.Single(await ParkedAsync())}");

        Assert.Empty(await ParkedAsync());
        Assert.Equal("a.test", await _rig.EnqueuedAsync());
    }

    [Fact]
    public async Task A_text_is_shown_so_that_no_terminal_obeys_it()
    {
        var name = await ParkAsync("text");

        var json = (await _rig.Person.RunAsync($"parked show {name} --json")).Json;

        Assert.Equal((name, "relay", "no work item"), (
            json.GetProperty("name").GetString()!, json.GetProperty("queue").GetString()!, json.GetProperty("reason").GetString()!));
        Assert.Equal("hello\\x1b[31m\\x5c\\xff", json.GetProperty("text").GetString());
        Assert.DoesNotContain("\u001b", await _rig.Person.DoAsync($"parked show {name}"), StringComparison.Ordinal);
    }

    private async Task<string> ParkAsync(string kind)
    {
        if (kind == "text")
        {
            await _rig.Stores.Parked.ParkTextAsync(WorkQueue.Relay, "hello\u001b[31m\\"u8.ToArray().Append((byte)255).ToArray(), "no work item", CancellationToken.None);
            return Assert.Single(await ParkedAsync());
        }
        if (kind == "foreign")
        {
            await PutAsync(BlobNames.ParkedContainer, "zzz", "[");
            return "zzz";
        }
        var id = kind switch
        {
            "message" => await _rig.AddAsync("a.test due", QueueRig.Sender),
            "under way" => await _rig.AddAsync("a.test claimed", QueueRig.Sender),
            "gone" => SpoolId.New(TimeProvider.System),
            _ => await _rig.SpoolAsync(QueueRig.Sender),
        };
        if (kind.EndsWith("ledger", StringComparison.Ordinal))
            await PutAsync(BlobNames.LedgerContainer, id.Text, kind == "later ledger" ? """{"v":99}""" : "{");
        await _rig.Stores.Parked.ParkAsync(id, "why", CancellationToken.None);
        return id.Text;
    }

    private async Task PutAsync(string container, string name, string content) =>
        await _rig.Stores.Connection.Blobs.GetBlobContainerClient(container).UploadBlobAsync(name, BinaryData.FromString(content));

    private ValueTask<List<string>> ParkedAsync() => _rig.Stores.Parked.ListAsync(CancellationToken.None).ToListAsync();
}
