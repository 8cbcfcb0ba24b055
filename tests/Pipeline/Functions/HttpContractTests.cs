// The contract of a custom handler over real HTTP: what the Functions host sends, and what it must get.
using System.Text;
using System.Text.Json;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using static MailFunctions.Pipeline.Functions.PipelineRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class HttpContractTests : IAsyncLifetime
{
    private RunningApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await RunningApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // How hosts put the text of a queue message into an invocation: as base64, as JSON of a string in a string, as a plain string, as an object.
    public static TheoryData<string, Func<string, string>> Forms => new()
    {
        { "binary", text => Quote(Convert.ToBase64String(Encoding.UTF8.GetBytes(text))) },
        { "double-encoded", text => Quote(Quote(text)) },
        { "string", Quote },
        { "object", text => text },
    };

    [Theory]
    [MemberData(nameof(Forms), DisableDiscoveryEnumeration = true)]
    public async Task A_queue_message_in_any_form_is_worked_on_and_answered_by_an_empty_object(string form, Func<string, string> encode)
    {
        Assert.NotEmpty(form);
        var id = Commit();

        var reply = await _app.InvokeAsync("RouteMessage", Invocation(encode(TextOf(id))));

        AssertOk(reply);
        Assert.Equal([id], _app.Stores.Mailboxes.CopiesOf(Alice));
        Assert.Empty(_app.Stores.Spool.Ids);
    }

    [Fact]
    public async Task The_metadata_of_an_invocation_decides_nothing()
    {
        var id = Commit();
        var other = Commit();

        var binary = Quote(Convert.ToBase64String(Encoding.UTF8.GetBytes(TextOf(id))));
        var body = $$$"""{"Data":{"msg":{{{binary}}}},"Metadata":{"Id":"\"{{{other}}}\"","id":"{{{other}}}","sys":{"MethodName":"RouteMessage"} } }""";
        AssertOk(await _app.InvokeAsync("RouteMessage", body));

        Assert.Equal([other], _app.Stores.Spool.Ids);
    }

    [Theory]
    [InlineData("\"AQL/\"")]
    [InlineData("\"rubbish!\"")]
    [InlineData("\"\"")]
    [InlineData("\"\\\"\"")]
    [InlineData("null")]
    [InlineData("17")]
    [InlineData("[1,2]")]
    [InlineData("{}")]
    [InlineData("\"\\\"{\\\\\\\"v\\\\\\\":1}\\\"\"")]
    public async Task A_queue_message_that_is_rubbish_is_parked_and_done(string value)
    {
        AssertOk(await _app.InvokeAsync("RouteMessage", Invocation(value)));
        AssertOk(await _app.InvokeAsync("ParkPoisonedRelay", Invocation(value)));

        Assert.Single(_app.Stores.Parked.Texts);
    }

    [Theory]
    [InlineData("ParkPoisonedAccepted", null)]
    [InlineData("ParkPoisonedRelay", "one.test")]
    public async Task A_poisoned_message_is_due_again(string function, string? destination)
    {
        var id = Commit();

        AssertOk(await _app.InvokeAsync(function, Invocation(Encoding.UTF8.GetString(new WorkItem { Id = id, Destination = destination, Poisoned = 1 }.ToBytes()))));

        var entry = Assert.Single(_app.Stores.Due.Entries);
        Assert.Equal((id, destination, 2), (entry.Id, entry.Destination, entry.Poisoned));
    }

    [Fact]
    public async Task The_retry_timer_enqueues_what_is_due()
    {
        _app.Stores.Due.Put(DueEntry.At(_app.Stores.Clock.UtcNow, SpoolId.New(_app.Stores.Time), "one.test", 0));

        AssertOk(await _app.InvokeAsync("RetryDeferred", Timer("2026-03-04T09:59:00+00:00")));

        Assert.Single(_app.Stores.Queue.Items(WorkQueue.Relay));
        Assert.Empty(_app.Stores.Due.Entries);
    }

    // The clock says 10:30; the message is 25 minutes old, so that it was due at 10 and 20 minutes.
    [Theory]
    [InlineData("2026-03-04T10:28:00+00:00", 0)]
    [InlineData("2026-03-04T10:20:00+00:00", 1)]
    [InlineData("2026-03-04T10:20:00", 1)]
    [InlineData("2026-03-04T11:28:00+01:00", 0)]
    [InlineData("0001-01-01T00:00:00", 1)]
    [InlineData("yesterday", 1)]
    [InlineData(null, 1)]
    public async Task The_sweep_timer_learns_when_the_last_tick_was(string? last, int hints)
    {
        _app.Stores.Time.Advance(TimeSpan.FromMinutes(5));
        Commit();
        _app.Stores.Time.Advance(TimeSpan.FromMinutes(25));

        AssertOk(await _app.InvokeAsync("SweepSpool", Timer(last)));

        Assert.Equal(hints, _app.Stores.Queue.Items(WorkQueue.Accepted).Count);
    }

    [Theory]
    [InlineData("""{"Data":{},"Metadata":{}}""")]
    [InlineData("""{"Data":{"timer":null}}""")]
    [InlineData("""{"Data":{"timer":"{\"ScheduleStatus\":{\"Last\":\"2026-03-04T09:59:00+00:00\"}}"}}""")]
    [InlineData("""{"Data":{"timer":{"ScheduleStatus":"none"}}}""")]
    public async Task A_timer_in_another_form_ticks_all_the_same(string body) => AssertOk(await _app.InvokeAsync("SweepSpool", body));

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"Data":[]}""")]
    public async Task What_is_no_invocation_fails_and_touches_nothing(string body)
    {
        var reply = await _app.InvokeAsync("RouteMessage", body.Length == 0 ? " " : body);

        AssertFailed(reply, 400);
        Assert.Empty(_app.Stores.Faults.Calls);
    }

    [Fact]
    public async Task An_invocation_that_is_too_long_fails()
    {
        AssertFailed(await _app.InvokeAsync("RouteMessage", Invocation(Quote(new string('A', 1 << 20)))), 413);
        Assert.Empty(_app.Stores.Faults.Calls);
    }

    [Theory]
    [InlineData("RouteMessage")]
    [InlineData("ParkPoisonedAccepted")]
    [InlineData("ParkPoisonedRelay")]
    [InlineData("RetryDeferred")]
    [InlineData("SweepSpool")]
    public async Task While_storage_is_not_available_every_function_fails_and_says_so_once(string function)
    {
        var id = Commit();
        _app.Stores.Faults.Plan((_, _) => Rig.Memory.FaultMoment.Before);

        var body = function is "RetryDeferred" or "SweepSpool" ? Timer(null) : Invocation(TextOf(id));
        AssertFailed(await _app.InvokeAsync(function, body), 500);

        var line = Assert.Single(_app.Log.Lines, line => line.Event == 1800);
        Assert.Equal(body.Contains(id.Text, StringComparison.Ordinal), line.Text.Contains(id.Text, StringComparison.Ordinal));
        Assert.Equal([id], _app.Stores.Spool.Ids);
    }

    [Fact]
    public async Task What_a_stage_cannot_do_now_fails_so_that_the_host_tries_again()
    {
        var id = SpoolId.New(_app.Stores.Time);
        _app.Stores.Spool.PutUnopenable(id, new SpoolOpening.UnknownVersion(9));

        AssertFailed(await _app.InvokeAsync("RouteMessage", Invocation(TextOf(id))), 500);
    }

    [Fact]
    public async Task What_nobody_expected_fails_and_is_logged_once_with_the_spool_id()
    {
        var id = Commit();
        _app.Stores.Faults.Plan((_, _) => throw new InvalidOperationException("a bug"));

        AssertFailed(await _app.InvokeAsync("RouteMessage", Invocation(TextOf(id))), 500);

        var line = Assert.Single(_app.Log.Lines, line => line.Text.Contains("a bug", StringComparison.Ordinal));
        Assert.Equal(1801, line.Event);
        Assert.Contains(id.Text, line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_that_hangs_is_given_up_before_the_host_would_kill_the_process()
    {
        var id = Commit();
        var reached = new TaskCompletionSource();
        _app.Stores.Faults.Plan((_, name) =>
        {
            if (name == "Spool.Open")
            {
                _app.Stores.Time.Advance(TimeSpan.FromMinutes(8)); // as if this call had taken so long
                reached.TrySetResult();
            }
            return null;
        });

        AssertFailed(await _app.InvokeAsync("RouteMessage", Invocation(TextOf(id))), 500);

        Assert.True(reached.Task.IsCompleted);
        Assert.Equal([id], _app.Stores.Spool.Ids);
    }

    [Fact]
    public async Task The_readiness_poll_is_answered_without_asking_storage()
    {
        AssertOk(await _app.SendAsync("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
        Assert.Empty(_app.Stores.Faults.Calls);
    }

    private static void AssertOk(RawReply reply)
    {
        Assert.Equal((200, "application/json", "{}"), (reply.Status, reply.ContentType, reply.Body));
        Assert.Contains("\r\nContent-Length: 2", reply.Head, StringComparison.Ordinal);
    }

    private static void AssertFailed(RawReply reply, int status)
    {
        Assert.Equal((status, "application/json"), (reply.Status, reply.ContentType));
        using var body = JsonDocument.Parse(reply.Body);
        Assert.True(body.RootElement.TryGetProperty("error", out _));
    }

    private SpoolId Commit()
    {
        var id = SpoolId.New(_app.Stores.Time);
        _app.Stores.Spool.Put(EnvelopeOf(id, [Alice]), "Subject: hello\r\n\r\nhello\r\n"u8.ToArray());
        return id;
    }

    private static string TextOf(SpoolId id) => Encoding.UTF8.GetString(new WorkItem { Id = id }.ToBytes());

    private static string Quote(string text) => JsonSerializer.Serialize(text);

    private static string Invocation(string value) =>
        "{\"Data\":{\"msg\":" + value + "},\"Metadata\":{\"DequeueCount\":\"1\",\"Id\":\"\\\"800a\\\"\",\"sys\":{\"MethodName\":\"RouteMessage\"}}}";

    private static string Timer(string? last)
    {
        var status = last is null ? "null" : "{\"Last\":\"" + last + "\",\"Next\":\"2026-03-04T10:40:00+00:00\",\"LastUpdated\":\"2026-03-04T10:00:00+00:00\"}";
        return "{\"Data\":{\"timer\":{\"Schedule\":{\"AdjustForDST\":true},\"ScheduleStatus\":" + status + ",\"IsPastDue\":false}},\"Metadata\":{\"sys\":{}}}";
    }
}
