// Ledgers and parked things.
using System.Text;
using Azure.Storage.Blobs.Specialized;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class LedgerTests(StorageAccount account) : IClassFixture<StorageAccount>, IDisposable
{
    private readonly MailStores _stores = account.Open();
    private readonly SpoolId _id = Sample.Id();

    private static DateTimeOffset StoredAt => DateTimeOffset.UtcNow;

    public void Dispose() => _stores.Dispose();

    [Fact]
    public async Task A_ledger_comes_back_and_is_created_once()
    {
        var ledger = Make(DestinationState.Due);

        Assert.True(await _stores.Ledgers.CreateAsync(ledger, CancellationToken.None));
        Assert.False(await _stores.Ledgers.CreateAsync(Make(DestinationState.Held), CancellationToken.None));

        var found = Assert.IsType<LedgerReading.Found>(await _stores.Ledgers.ReadAsync(_id, CancellationToken.None));
        Assert.NotEmpty(found.Tag);
        Assert.Equal((ledger.Id, ledger.ReversePath), (found.Ledger.Id, found.Ledger.ReversePath));
        Assert.Equal(ledger.Destinations.Select(Describe), found.Ledger.Destinations.Select(Describe));
    }

    [Fact]
    public async Task A_ledger_is_missing_before_it_is_made_and_after_it_is_deleted()
    {
        Assert.IsType<LedgerReading.Missing>(await _stores.Ledgers.ReadAsync(_id, CancellationToken.None));
        await _stores.Ledgers.CreateAsync(Make(DestinationState.Due), CancellationToken.None);
        await _stores.Ledgers.DeleteAsync(_id, CancellationToken.None);
        await _stores.Ledgers.DeleteAsync(_id, CancellationToken.None);
        Assert.IsType<LedgerReading.Missing>(await _stores.Ledgers.ReadAsync(_id, CancellationToken.None));
    }

    [Theory]
    [InlineData("""{"v":2,"destinations":"any"}""", typeof(LedgerReading.UnknownVersion))]
    [InlineData("""{"v":1}""", typeof(LedgerReading.Damaged))]
    [InlineData("""{"v":1,"id":"{id}","destinations":[{"name":"x","state":"flying"}]}""", typeof(LedgerReading.Damaged))]
    [InlineData("""{"v":1,"id":"{id}","destinations":[{"state":"due"}]}""", typeof(LedgerReading.Damaged))]
    [InlineData("""{"v":1,"id":"019c0000000070008000000000000000","destinations":[]}""", typeof(LedgerReading.Damaged))]
    [InlineData("{", typeof(LedgerReading.Damaged))]
    [InlineData("", typeof(LedgerReading.Damaged))]
    public async Task What_cannot_be_read_is_told_apart_from_what_is_missing(string text, Type expected)
    {
        await _stores.Connection.Blobs.GetBlobContainerClient(BlobNames.LedgerContainer).GetBlockBlobClient(_id.Text)
            .UploadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text.Replace("{id}", _id.Text, StringComparison.Ordinal))));

        Assert.IsType(expected, await _stores.Ledgers.ReadAsync(_id, CancellationToken.None));
    }

    [Fact]
    public async Task The_list_tells_when_something_is_to_be_done_without_reading_any()
    {
        var held = Sample.Id();
        await _stores.Ledgers.CreateAsync(Make(DestinationState.Due), CancellationToken.None);
        await _stores.Ledgers.CreateAsync(Make(DestinationState.Held) with { Id = held }, CancellationToken.None);
        var calls = new StorageCalls();
        using var counting = account.Open(calls);

        var listed = await counting.Ledgers.ListAsync(_id.Text[..6], CancellationToken.None).ToDictionaryAsync(entry => entry.Id);

        Assert.Equal(["List Blobs"], calls.Names);
        Assert.Null(listed[held].Next);
        var minute = TimeSpan.FromMinutes(1);
        Assert.InRange(listed[_id].Next!.Value, DateTimeOffset.UtcNow - minute, DateTimeOffset.UtcNow + minute);
        Assert.InRange(listed[_id].ChangedAt, DateTimeOffset.UtcNow - minute, DateTimeOffset.UtcNow + minute);
    }

    [Fact]
    public async Task What_is_parked_keeps_its_first_reason()
    {
        byte[] text = [0, 255, 10];
        await _stores.Parked.ParkAsync(_id, "first", CancellationToken.None);
        await _stores.Parked.ParkAsync(_id, "second", CancellationToken.None);
        await _stores.Parked.ParkTextAsync(WorkQueue.Relay, text, "unreadable", CancellationToken.None);
        await _stores.Parked.ParkTextAsync(WorkQueue.Relay, text, "unreadable", CancellationToken.None);

        var parked = await _stores.Parked.ListAsync(CancellationToken.None).ToListAsync();
        var container = _stores.Connection.Blobs.GetBlobContainerClient(BlobNames.ParkedContainer);
        var contents = await Task.WhenAll(parked.Select(async name => (await container.GetBlobClient(name).DownloadContentAsync()).Value.Content.ToString()));

        Assert.Equal(2, parked.Count);
        Assert.Contains(contents, content => content.Contains("\"first\"", StringComparison.Ordinal));
        Assert.Contains(contents, content => content.Contains("\"queue\":\"relay\",\"text\":\"AP8K\"", StringComparison.Ordinal));
    }

    private Ledger Make(DestinationState state) => new(
        _id, EmailAddress.Parse("from@example.test"), StoredAt,
        [
            new LedgerDestination("x.test", state, [Sample.Recipient("A@x.test"), Sample.Recipient("\"b c\"@x.test")]) { NextAttempt = StoredAt },
            new LedgerDestination("report", DestinationState.Held, []),
        ]);

    private static string Describe(LedgerDestination destination) => $"{destination.Name} {destination.State} {string.Join(' ', destination.Recipients)}";
}
