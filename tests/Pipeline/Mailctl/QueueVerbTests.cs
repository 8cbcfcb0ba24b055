// mailctl queue hold, release, retry, bounce and drop: what each makes of each state.
using System.Text.Json;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mailctl;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class QueueVerbTests(AzuriteServer azurite) : IAsyncLifetime
{
    private readonly QueueRig _rig = new(azurite);

    public async ValueTask InitializeAsync() => await _rig.SetUpAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("hold", "a.test due", "a.test held", "")]
    [InlineData("hold", "a.test held", "a.test held", "")]
    [InlineData("hold", "a.test expired", "a.test held", "")]
    [InlineData("hold", "a.test due, b.test due", "a.test held, b.test held", "")]
    [InlineData("hold --domain b.test", "a.test due, b.test due", "a.test due, b.test held", "")]
    [InlineData("hold", "a.test due, owed", "a.test held, owed", "")]
    [InlineData("release", "a.test held", "a.test due now", "a.test")]
    [InlineData("release", "a.test due", "a.test due", "")]
    [InlineData("release", "a.test held, b.test due", "a.test due now, b.test due", "a.test")]
    [InlineData("release --domain b.test", "a.test held, b.test held", "a.test held, b.test due now", "b.test")]
    [InlineData("retry", "a.test due", "a.test due now", "a.test")]
    [InlineData("retry", "a.test expired", "a.test due now", "a.test")]
    [InlineData("retry", "a.test due, b.test due", "a.test due now, b.test due now", "a.test, b.test")]
    [InlineData("retry --domain a.test", "a.test due, b.test held, owed", "a.test due now, b.test held, owed", "a.test")]
    [InlineData("retry", "a.test due, owed", "a.test due now, owed", "<report>, a.test")]
    [InlineData("retry", "owed", "owed", "<report>")]
    [InlineData("bounce", "a.test due", "owed", "<report>")]
    [InlineData("bounce", "a.test held, b.test expired", "owed", "<report>")]
    [InlineData("bounce --domain a.test", "a.test due, b.test due", "b.test due, owed", "<report>")]
    [InlineData("bounce", "a.test due, owed", "owed, owed", "<report>")]
    [InlineData("bounce", "a.test silent", "gone", "")]
    [InlineData("bounce", "a.test silent, b.test due", "owed", "<report>")]
    [InlineData("drop --yes", "a.test due", "gone", "")]
    [InlineData("drop --yes", "a.test held, b.test expired", "gone", "")]
    [InlineData("drop --yes", "owed", "gone", "")]
    [InlineData("drop --yes", "a.test due, owed", "gone", "")]
    [InlineData("drop --yes --domain a.test", "a.test due, b.test due", "b.test due", "")]
    [InlineData("drop --yes --domain a.test", "a.test due, owed", "owed", "")]
    [InlineData("drop --yes --domain a.test", "a.test due", "gone", "")]
    public async Task A_verb_makes_of_a_message(string verb, string before, string after, string enqueued)
    {
        var id = await _rig.AddAsync(before, QueueRig.Sender);

        await _rig.Person.DoAsync($"queue {verb} {id}");

        Assert.Equal(after, await _rig.StateAsync(id));
        Assert.Equal(enqueued, await _rig.EnqueuedAsync());
        Assert.Equal(string.Join(", ", enqueued.Split(", ").Where(name => name != "<report>")), await _rig.DueAsync());
    }

    [Theory]
    [InlineData("hold", "a.test claimed", "a.test claimed", "under way")]
    [InlineData("hold", "a.test due, b.test claimed", "a.test held, b.test claimed", "b.test: an attempt is under way")]
    [InlineData("release", "a.test claimed", "a.test claimed", "under way")]
    [InlineData("retry", "a.test claimed", "a.test claimed", "under way")]
    [InlineData("retry", "a.test held", "a.test held", "is held")]
    [InlineData("retry", "a.test held, b.test due", "a.test held, b.test due now", "a.test: it is held")]
    [InlineData("bounce", "a.test claimed", "a.test claimed", "under way")]
    [InlineData("bounce", "a.test claimed, b.test due", "a.test claimed, owed", "a.test: an attempt is under way")]
    [InlineData("drop --yes", "a.test claimed", "a.test claimed", "under way")]
    [InlineData("drop --yes", "a.test claimed, b.test due", "a.test claimed", "a.test: an attempt is under way")]
    [InlineData("drop --yes", "a.test claimed, owed", "a.test claimed, owed", "under way")]
    public async Task What_cannot_be_changed_is_left_and_told(string verb, string before, string after, string told)
    {
        var id = await _rig.AddAsync(before, QueueRig.Sender);

        var said = await _rig.Person.RunAsync($"queue {verb} {id}");

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.StartsWith($"mailctl: {id} ", Assert.Single(said.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains(told, said.Error, StringComparison.Ordinal);
        Assert.Equal(after, await _rig.StateAsync(id));
    }

    [Theory]
    [InlineData("hold")]
    [InlineData("release")]
    [InlineData("retry")]
    [InlineData("bounce")]
    [InlineData("drop --yes")]
    public async Task A_message_that_is_not_there_is_told_and_the_others_are_changed(string verb)
    {
        var id = await _rig.AddAsync(verb == "release" ? "a.test held" : "a.test due", QueueRig.Sender);
        var unknown = SpoolId.New(TimeProvider.System);

        var said = await _rig.Person.RunAsync($"queue {verb} {unknown} {id} --json");

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains($"{unknown}: it is n", said.Error, StringComparison.Ordinal);
        Assert.Equal(id.Text, Assert.Single(said.Json.GetProperty("changed").EnumerateArray()).GetProperty("id").GetString());
        Assert.NotEqual("a.test due", await _rig.StateAsync(id));
    }

    [Theory]
    [InlineData("""{"v":99}""", "hold", "version 99")]
    [InlineData("""{"v":99}""", "drop --yes", "version 99")]
    [InlineData("{", "hold", "damaged")]
    [InlineData("{", "bounce", "damaged")]
    public async Task A_ledger_that_cannot_be_read_is_left_alone(string content, string verb, string told)
    {
        var id = await _rig.SpoolAsync(QueueRig.Sender);
        await PutLedgerAsync(id, content);

        var said = await _rig.Person.RunAsync($"queue {verb} {id}");

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains(told, said.Error, StringComparison.Ordinal);
        Assert.True(await _rig.Stores.Spool.ExistsAsync(id, CancellationToken.None));
    }

    [Theory]
    [InlineData("damaged ledger")]
    [InlineData("not routed")]
    [InlineData("parked and not routed")]
    [InlineData("parked and gone")]
    [InlineData("parked")]
    public async Task A_drop_removes_whatever_there_is(string kind)
    {
        var id = kind == "parked" ? await _rig.AddAsync("a.test due", QueueRig.Sender) : await _rig.SpoolAsync(QueueRig.Sender);
        if (kind == "damaged ledger")
            await PutLedgerAsync(id, "{");
        if (kind == "parked and gone")
            await _rig.Stores.Spool.DeleteAsync(id, CancellationToken.None);
        if (kind.StartsWith("parked", StringComparison.Ordinal))
            await _rig.Stores.Parked.ParkAsync(id, "why", CancellationToken.None);

        await _rig.Person.DoAsync($"queue drop {id} --yes");

        Assert.Equal("gone", await _rig.StateAsync(id));
        Assert.Empty(await _rig.Stores.Parked.ListAsync(CancellationToken.None).ToListAsync());
    }

    [Theory]
    [InlineData(MessageOrigin.Client, "drop --yes", 0)]
    [InlineData(MessageOrigin.Report, "drop --yes", 1)] // the mark that keeps it from being made again
    [InlineData(MessageOrigin.PostmasterReport, "bounce", 1)]
    public async Task A_report_leaves_its_mark(MessageOrigin origin, string verb, int marks)
    {
        var id = await _rig.AddAsync("a.test due", from: null, origin: origin);

        await _rig.Person.DoAsync($"queue {verb} {id}");

        Assert.Equal("gone", await _rig.StateAsync(id));
        Assert.Equal(marks, await _rig.Stores.Spool.ListAsync(id.Text, CancellationToken.None).CountAsync(entry => entry.Length == 0));
    }

    [Theory]
    [InlineData("", "returned by the postmaster")]
    [InlineData("--text gone.for.good", "gone.for.good")]
    public async Task A_bounce_records_whom_and_what_to_tell(string option, string text)
    {
        var id = await _rig.AddAsync("a.test due, b.test held", QueueRig.Sender);

        await _rig.Person.DoAsync($"queue bounce {id} {option}");

        var owed = Assert.Single(Assert.IsType<LedgerReading.Found>(await _rig.Stores.Ledgers.ReadAsync(id, CancellationToken.None)).Ledger.Owed);
        Assert.Equal((ReportKind.Failed, 1), (owed.Kind, owed.Number));
        Assert.InRange(owed.RecordedAt, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal(["one@a.test", "two@a.test", "one@b.test", "two@b.test"], owed.Recipients.Select(to => to.Address.ToString()));
        Assert.All(owed.Recipients, to => Assert.Equal(
            (new DeliveryStatus(5, 0, 0), null, text, null), (to.Trouble.Status, to.Trouble.ReplyCode, to.Trouble.Text, to.Trouble.RemoteHost)));
    }

    [Theory]
    [InlineData("yes\n", 0, "gone")]
    [InlineData("yes\r\n", 0, "gone")]
    [InlineData("y\n", 1, "a.test due")]
    [InlineData("\n", 1, "a.test due")]
    [InlineData("", 1, "a.test due")]
    public async Task A_drop_is_done_when_a_person_says_yes(string typed, int code, string after)
    {
        var id = await _rig.AddAsync("a.test due", QueueRig.Sender);

        var said = await _rig.Person.TypeAsync($"queue drop {id}", typed);

        Assert.Equal(code, (int)said.Code);
        Assert.Contains($"Remove the message {id} for good", said.Error, StringComparison.Ordinal);
        Assert.Equal(after, await _rig.StateAsync(id));
    }

    [Fact]
    public async Task A_drop_by_a_script_must_say_that_it_is_meant()
    {
        var id = await _rig.AddAsync("a.test due", QueueRig.Sender);

        var said = await _rig.Person.RunAsync($"queue drop {id}", "yes\n");

        Assert.Equal((ExitCode.Misuse, ""), (said.Code, said.Output));
        Assert.Contains("--yes", said.Error, StringComparison.Ordinal);
        Assert.Equal("a.test due", await _rig.StateAsync(id));
    }

    [Fact]
    public async Task A_retry_warns_of_destinations_that_are_down()
    {
        var id = await _rig.AddAsync("a.test due, b.test due", QueueRig.Sender);
        var until = DateTimeOffset.UtcNow.AddMinutes(10);
        await _rig.Stores.Destinations.OpenAsync("b.test", until, 3, null, CancellationToken.None);
        await _rig.Stores.Destinations.OpenAsync("c.test", until, 3, null, CancellationToken.None);

        var said = await _rig.Person.RunAsync($"queue retry {id}");

        Assert.Equal(ExitCode.Done, said.Code);
        Assert.StartsWith("mailctl: warning: b.test as a whole", Assert.Single(said.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_is_one_JSON_document_that_tells_what_was_changed()
    {
        var id = await _rig.AddAsync("a.test held, b.test due", QueueRig.Sender);

        var json = (await _rig.Person.RunAsync($"queue release {id} --json")).Json;

        Assert.Equal("released", json.GetProperty("action").GetString());
        var row = Assert.Single(json.GetProperty("changed").EnumerateArray());
        Assert.Equal((id.Text, "a.test", "due"), (
            row.GetProperty("id").GetString()!, row.GetProperty("destination").GetString()!, row.GetProperty("state").GetString()!));
        Assert.Equal(["one@a.test", "two@a.test"], row.GetProperty("recipients").EnumerateArray().Select(to => to.GetString()));
        Assert.Equal(JsonValueKind.String, row.GetProperty("next").ValueKind);
        Assert.Equal($"{id} b.test: held.", (await _rig.Person.DoAsync($"queue hold {id} --domain b.test")).Trim());
        Assert.Equal("Nothing was changed.", (await _rig.Person.DoAsync($"queue hold {id} --domain b.test")).Trim());
    }

    private async Task PutLedgerAsync(SpoolId id, string content) =>
        await _rig.Stores.Connection.Blobs.GetBlobContainerClient("ledger").UploadBlobAsync(id.Text, BinaryData.FromString(content));
}
