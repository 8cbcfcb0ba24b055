// What mailctl shows of the trace.
using System.Text.Json;
using MailFunctions.Mail;
using MailFunctions.Mail.Traces;
using MailFunctions.Mailctl;
using MailFunctions.Rig;
using MailFunctions.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class TraceVerbTests(AzuriteServer azurite) : IAsyncLifetime
{
    private readonly Operator _operator = new(azurite.FreshAccount());
    private readonly SpoolId _id = SpoolId.New(TimeProvider.System);
    private readonly SpoolId _other = SpoolId.New(TimeProvider.System);

    public async ValueTask InitializeAsync()
    {
        await _operator.Stores.Layout.CreateAllAsync(CancellationToken.None);
        using var trace = new BlobTrace(_operator.Stores, "gateway", TimeProvider.System, NullLogger<BlobTrace>.Instance);
        await trace.StartAsync(CancellationToken.None);
        var now = TimeProvider.System.GetUtcNow();
        trace.Note(new TraceEntry(TraceKind.Attempted, now) { Id = _id, From = "alice@example.test", To = ["bob@far.test"], Host = "mx.far.test", Succeeded = true, Reply = "250 2.0.0 \u001b[2Jok", Octets = 500 });
        trace.Note(new TraceEntry(TraceKind.Accepted, now.AddSeconds(-1)) { Id = _id, From = "alice@example.test", To = ["bob@far.test"], Octets = 500, Address = "192.0.2.1" });
        trace.Note(new TraceEntry(TraceKind.Accepted, now.AddSeconds(-1)) { Id = _other, From = "", To = ["carol@example.test"], Octets = 100 });
        trace.Note(new TraceEntry(TraceKind.Delivered, now) { Id = _other, To = ["carol@example.test"], Octets = 100 });
        trace.Note(new TraceEntry(TraceKind.Metered, now) { Use = new StorageUse(10_000, 0, 10_000, 0, 5, 10_000, 1, 2) });
        await trace.StopAsync(CancellationToken.None);
    }

    public ValueTask DisposeAsync()
    {
        _operator.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_message_has_its_time_line_and_no_other_is_in_it()
    {
        var lines = (await _operator.DoAsync($"trace {_id}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(3, lines.Length);
        Assert.Contains("accepted", lines[1], StringComparison.Ordinal);
        Assert.Contains("from <alice@example.test>; to bob@far.test; 500 octets; client 192.0.2.1", lines[1], StringComparison.Ordinal);
        Assert.Contains("at mx.far.test; done; 250 2.0.0", lines[2], StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line.Contains('\u001b', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("trace Alice@EXAMPLE.test --json", 0)] // local parts are told apart by case, domains are not
    [InlineData("trace alice@EXAMPLE.test --json", 2)]
    [InlineData("trace carol@example.test --json", 2)]
    [InlineData("trace nobody@example.test --json", 0)]
    [InlineData("trace --since 1h --json", 4)]
    [InlineData("trace --until 1h --json", 0)]
    [InlineData("trace alice@example.test --since 2020-01-01 --until 2020-01-02 --json", 0)]
    public async Task Mail_is_found_by_address_and_time(string arguments, int entries) =>
        Assert.Equal(entries, JsonDocument.Parse(await _operator.DoAsync(arguments)).RootElement.GetProperty("entries").GetArrayLength());

    [Theory]
    [InlineData("trace nonsense", "'nonsense' is neither the id of a message")]
    [InlineData("trace --since yesterday", "'yesterday' is neither a time like 2026-01-31T12:00 nor an age like 4h.")]
    [InlineData("trace --since 1h --until 2h", "--since is later than --until.")]
    [InlineData("cost --since 1h --until 2h", "--since is later than --until.")]
    [InlineData("cost --prices /nowhere/prices.json", "/nowhere/prices.json")]
    public async Task What_cannot_be_meant_is_refused(string arguments, string why)
    {
        var said = await _operator.RunAsync(arguments);

        Assert.Equal(ExitCode.Misuse, said.Code);
        Assert.Contains(why, said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cost_is_reckoned_with_the_prices_and_shared_out_by_copies()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(
                file, """{"currency":"EUR","per10000Writes":1,"per10000Lists":0,"per10000Reads":0.5,"per10000Others":0,"per10000Deletions":0,"per10000QueueCalls":0.25}""");

            var report = JsonDocument.Parse(await _operator.DoAsync($"cost --prices {file} --json")).RootElement;

            long Use(string name) => report.GetProperty("use").GetProperty(name).GetInt64();
            Assert.Equal((10_002, 10_000), (Use("writes"), Use("reads"))); // with the two writes of the trace itself
            Assert.Equal((StorageLayout.Containers.Count, 10_000 + StorageLayout.Queues.Count), (Use("lists"), Use("queueCalls"))); // with what laid out the account
            Assert.Equal(1.5002m + 0.25m * Use("queueCalls") / 10_000m, report.GetProperty("cost").GetDecimal());
            Assert.Equal(2, report.GetProperty("accepted").GetInt64());
            var domain = Assert.Single(report.GetProperty("domains").EnumerateArray());
            Assert.Equal(("example.test", 1, 1, 600), (domain.GetProperty("domain").GetString(), domain.GetProperty("delivered").GetInt32(), domain.GetProperty("sent").GetInt32(), domain.GetProperty("octets").GetInt32()));
            Assert.Equal(report.GetProperty("cost").GetDecimal(), domain.GetProperty("cost").GetDecimal());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_cost_is_printed_for_people()
    {
        var output = await _operator.DoAsync("cost");

        Assert.Contains("2 messages accepted", output, StringComparison.Ordinal);
        Assert.Matches("example\\.test +1 +1 +600 +0\\.\\d{6} USD", output);
    }
}
