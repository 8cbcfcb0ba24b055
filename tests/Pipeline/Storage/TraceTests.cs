// What is noted of messages is there to be read, at far less than one write a message.
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mail.Traces;
using MailFunctions.Rig;
using MailFunctions.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Pipeline.Storage;

public sealed class TraceTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 10, 59, 50, TimeSpan.Zero);

    private readonly StorageAccount _account;

    public TraceTests(AzuriteServer azurite) => _account = new StorageAccount(azurite);

    public ValueTask InitializeAsync() => _account.InitializeAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task What_was_noted_is_read_by_id_by_address_and_by_time()
    {
        using var stores = _account.Open(new StorageCalls());
        var clock = new FakeTime(Start);
        var (first, second) = (SpoolId.New(clock), SpoolId.New(clock));
        await NoteAsync(stores, clock,
            new TraceEntry(TraceKind.Accepted, Start) { Id = first, From = "a@one.test", To = ["b@two.test"], Octets = 1_234, Tls = "Tls13" },
            new TraceEntry(TraceKind.Attempted, Start.AddSeconds(1)) { Id = first, Succeeded = false, Reply = "450 4.2.1 later \"please\"", Next = Start.AddMinutes(15) },
            new TraceEntry(TraceKind.Accepted, Start.AddSeconds(3)) { Id = second, From = "", To = ["c@two.test"] });

        Assert.Equal([TraceKind.Accepted, TraceKind.Attempted], (await ReadAsync(stores, first.Text)).Select(entry => entry.Kind));
        Assert.Equal(second, Assert.Single(await ReadAsync(stores, "c@two.test")).Id);
        Assert.Empty(await ReadAsync(stores, "d@two.test"));
        Assert.Equal(2, (await ReadAsync(stores, "", until: Start.AddSeconds(2))).Count(entry => entry.Id is not null));
        var read = (await ReadAsync(stores, first.Text))[1];
        Assert.Equal("450 4.2.1 later \"please\"", read.Reply);
        Assert.Equal(Start.AddMinutes(15), read.Next);
        Assert.False(read.Succeeded);
    }

    [Fact]
    public async Task A_thousand_messages_cost_two_writes()
    {
        using var stores = _account.Open(new StorageCalls());
        var clock = new FakeTime(Start);
        var before = stores.Meter.Total;

        await NoteAsync(stores, clock, [.. Enumerable.Range(0, 1_000).Select(_ => new TraceEntry(TraceKind.Accepted, Start) { Id = SpoolId.New(clock), From = "a@one.test" })]);

        Assert.Equal(2, (stores.Meter.Total - before).Requests);
        Assert.Equal(1_000, (await ReadAsync(stores, "a@one.test")).Count);
    }

    [Fact]
    public async Task A_batch_that_is_full_is_written_before_the_pause_is_over_and_all_the_rest_at_the_end()
    {
        using var stores = _account.Open(new StorageCalls());
        var clock = new FakeTime(Start);
        using var trace = new BlobTrace(stores, "gateway", clock, NullLogger<BlobTrace>.Instance);
        await trace.StartAsync(CancellationToken.None);
        for (var number = 0; number < 8_000; number++)
            trace.Note(new TraceEntry(TraceKind.Accepted, Start) { Id = SpoolId.New(clock), From = "a@one.test" });
        while ((await ReadAsync(stores, "a@one.test")).Count == 0)
            await Task.Delay(20); // the clock stands still

        await trace.StopAsync(CancellationToken.None);

        Assert.Equal(8_000, (await ReadAsync(stores, "a@one.test")).Count);
    }

    [Fact]
    public async Task What_is_metered_is_what_was_used_down_to_the_request()
    {
        using var stores = _account.Open(new StorageCalls());
        using var others = _account.Open(new StorageCalls());
        var clock = new FakeTime(Start);
        var before = stores.Meter.Total;
        using (var trace = new BlobTrace(stores, "gateway", clock, NullLogger<BlobTrace>.Instance))
        {
            await trace.StartAsync(CancellationToken.None);
            for (var i = 0; i < 7; i++)
                await stores.Parked.ParkAsync(SpoolId.New(clock), "reason", CancellationToken.None);
            trace.Note(new TraceEntry(TraceKind.Finished, Start));
            await trace.StopAsync(CancellationToken.None);
        }
        var used = stores.Meter.Total - before;

        var told = (await ReadAsync(others, "")).Where(entry => entry.Kind == TraceKind.Metered).Aggregate(default(StorageUse), (sum, entry) => sum + entry.Use!.Value);
        Assert.Equal((stores.Meter.Total.Requests, used.Requests), (told.Requests, used.Requests));
        Assert.Equal(9, used.Writes);
        Assert.True(used.OctetsUp > 7 * "reason".Length);
    }

    [Fact]
    public async Task A_new_hour_is_a_new_blob_and_both_are_read()
    {
        using var stores = _account.Open(new StorageCalls());
        var clock = new FakeTime(Start);
        using var trace = new BlobTrace(stores, "gateway", clock, NullLogger<BlobTrace>.Instance);
        await trace.StartAsync(CancellationToken.None);
        trace.Note(new TraceEntry(TraceKind.Finished, clock.GetUtcNow()));
        await EventuallyAsync(stores, clock, 1);
        clock.Advance(TimeSpan.FromMinutes(1));
        trace.Note(new TraceEntry(TraceKind.Finished, clock.GetUtcNow()));
        await trace.StopAsync(CancellationToken.None);

        Assert.Equal(2, (await ReadAsync(stores, "", until: clock.GetUtcNow())).Count(entry => entry.Kind == TraceKind.Finished));
        var hours = new List<string>();
        await foreach (var blob in stores.Connection.Blobs.GetBlobContainerClient(BlobNames.TraceContainer).GetBlobsAsync())
            hours.Add(blob.Name[..11]);
        Assert.Equal(["2026030110/", "2026030111/"], hours);
    }

    // Waits for a batch that is written in the background, moving the time on.
    private static async Task EventuallyAsync(MailStores stores, FakeTime clock, int batches)
    {
        var until = clock.GetUtcNow();
        while ((await ReadAsync(stores, "", until)).Count(entry => entry.Kind == TraceKind.Metered) < batches)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            until = clock.GetUtcNow();
            await Task.Delay(20);
        }
    }

    private static async Task NoteAsync(MailStores stores, FakeTime clock, params TraceEntry[] entries)
    {
        using var trace = new BlobTrace(stores, "gateway", clock, NullLogger<BlobTrace>.Instance);
        await trace.StartAsync(CancellationToken.None);
        foreach (var entry in entries)
            trace.Note(entry);
        await trace.StopAsync(CancellationToken.None);
    }

    private static async Task<List<TraceEntry>> ReadAsync(MailStores stores, string mark, DateTimeOffset? until = null)
    {
        var found = new List<TraceEntry>();
        byte[][] marks = mark.Length == 0 ? [] : [Encoding.UTF8.GetBytes(mark)];
        await foreach (var entry in stores.Trace.ReadAsync(Start.AddMinutes(-1), until ?? Start.AddMinutes(1), marks, CancellationToken.None))
            found.Add(entry);
        return found;
    }
}
