// Open breakers: of several workers who want to probe a destination, one does.
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class DestinationsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Until = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(7);

    private readonly StorageAccount _account;
    private readonly StorageCalls _calls = new();
    private readonly MailStores _stores;

    public DestinationsTests(AzuriteServer azurite)
    {
        _account = new StorageAccount(azurite);
        _stores = _account.Open(_calls);
    }

    public ValueTask InitializeAsync() => _account.InitializeAsync();

    public ValueTask DisposeAsync()
    {
        _stores.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_list_of_none_is_one_call() => Assert.Equal((0, "List Blobs"), ((await ListAsync()).Count, Assert.Single(_calls.Names)));

    [Theory]
    [InlineData("x.test")]
    [InlineData("[192.0.2.1]")]
    [InlineData("[IPv6:2001:db8::1]")]
    [InlineData("Ümlaut../x")]
    public async Task A_breaker_is_opened_by_one_call_and_listed_whole_by_one(string destination)
    {
        var tag = await OpenAsync(destination, 0, 3, null);
        Assert.Equal(["Put Blob"], _calls.Names);
        _calls.Clear();

        Assert.Equal(new OpenBreaker(destination, Until, 3, tag!), Assert.Single(await ListAsync()));
        Assert.Equal(["List Blobs"], _calls.Names);
    }

    [Fact]
    public async Task A_breaker_that_is_open_is_not_opened_by_one_who_did_not_see_it()
    {
        await OpenAsync("x.test", 0, 1, null);

        Assert.Null(await OpenAsync("x.test", 5, 9, null));

        Assert.Equal((Until, 1), await OnlyAsync());
    }

    [Fact]
    public async Task Of_two_who_saw_the_same_breaker_one_keeps_it_open_for_longer()
    {
        await OpenAsync("x.test", 0, 1, null);
        var seen = Assert.Single(await ListAsync());

        var tags = await Task.WhenAll(OpenAsync("x.test", 1, 2, seen.Tag), OpenAsync("x.test", 2, 2, seen.Tag));

        var winner = Assert.Single(tags, tag => tag is not null);
        Assert.Equal((Until.AddMinutes(Array.IndexOf(tags, winner) + 1), 2), await OnlyAsync());
        Assert.NotNull(await OpenAsync("x.test", 9, 3, winner));
    }

    [Fact]
    public async Task Of_two_who_saw_the_same_breaker_one_probes_and_all_see_that()
    {
        await OpenAsync("x.test", 0, 3, null);
        var seen = Assert.Single(await ListAsync());
        Assert.False(seen.IsProbed);

        var tags = await Task.WhenAll(ProbeAsync(seen), ProbeAsync(seen));

        var winner = Assert.Single(tags, tag => tag is not null);
        Assert.Equal(new OpenBreaker("x.test", Until.AddMinutes(1), 3, winner!) { IsProbed = true }, Assert.Single(await ListAsync()));
        Assert.NotNull(await OpenAsync("x.test", 9, 4, winner));
        Assert.False(Assert.Single(await ListAsync()).IsProbed);
    }

    [Fact]
    public async Task A_breaker_that_was_closed_is_not_kept_open_by_one_who_saw_it_open()
    {
        var tag = await OpenAsync("x.test", 0, 1, null);
        await _stores.Destinations.CloseAsync("x.test", CancellationToken.None);
        await _stores.Destinations.CloseAsync("x.test", CancellationToken.None);

        Assert.Null(await OpenAsync("x.test", 1, 2, tag));

        Assert.Empty(await ListAsync());
        Assert.NotNull(await OpenAsync("x.test", 2, 1, null));
    }

    [Fact]
    public async Task A_breaker_that_tells_nothing_is_over_and_can_be_written_anew_and_a_foreign_name_is_skipped()
    {
        var container = _stores.Connection.Blobs.GetBlobContainerClient(BlobNames.DestinationsContainer);
        await container.UploadBlobAsync(BlobNames.Destination("x.test"), BinaryData.FromString("{"));
        await container.UploadBlobAsync("Foreign", BinaryData.FromString("{"));

        var seen = Assert.Single(await ListAsync());
        Assert.Equal(("x.test", DateTimeOffset.MinValue, 1), (seen.Destination, seen.Until, seen.Failures));

        Assert.NotNull(await OpenAsync("x.test", 0, 2, seen.Tag));
        Assert.Equal((Until, 2), await OnlyAsync());
    }

    [Fact]
    public async Task A_breaker_is_JSON_with_a_version()
    {
        await OpenAsync("x.test", 0, 2, null);
        var blob = _stores.Connection.Blobs.GetBlobContainerClient("destinations").GetBlobClient("x_2etest");

        Assert.Equal(
            """{"v":1,"destination":"x.test","until":"2026-03-01T12:00:00.0000007+00:00","failures":2}""",
            (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    private Task<string?> OpenAsync(string destination, int minutes, int failures, string? seen) =>
        _stores.Destinations.OpenAsync(destination, Until.AddMinutes(minutes), failures, seen, CancellationToken.None);

    private Task<string?> ProbeAsync(OpenBreaker seen) => _stores.Destinations.ProbeAsync(seen, Until.AddMinutes(1), CancellationToken.None);

    private ValueTask<List<OpenBreaker>> ListAsync() => _stores.Destinations.ListAsync(CancellationToken.None).ToListAsync();

    private async Task<(DateTimeOffset, int)> OnlyAsync() => Assert.Single(await ListAsync()) is var breaker ? (breaker.Until, breaker.Failures) : default;
}
