// The function app as a process over real storage.
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MailFunctions.App;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;
using static MailFunctions.Pipeline.Functions.PipelineRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class AzuriteTests(StorageAccount account) : IClassFixture<StorageAccount>, IAsyncLifetime
{
    private static readonly EmailAddress Remote = EmailAddress.Parse("a@one.test");

    private readonly HttpClient _client = new();
    private MailStores _stores = null!;
    private FunctionAppProcess _process = null!;

    public async ValueTask InitializeAsync()
    {
        _stores = account.Open();
        var port = AzuriteServer.FreePorts(1);
        _client.BaseAddress = new Uri($"http://127.0.0.1:{port}");
        _process = FunctionAppProcess.Start(
            (AppOptions.PortKey, port.ToString(CultureInfo.InvariantCulture)), ("Mail__Storage", account.ConnectionString), ("DOTNET_ENVIRONMENT", "Development"));
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var reply = await _client.GetAsync(new Uri("/", UriKind.Relative));
                return;
            }
            catch (HttpRequestException) when (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(25);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Dispose();
        _stores.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5_000)]
    [InlineData(Block)]
    [InlineData(3 * Block + 17)]
    public async Task A_message_reaches_its_mailboxes_and_leaves_the_spool(int length)
    {
        var id = await CommitAsync(length, Alice, Bob);

        await RouteAsync(id);
        await RouteAsync(id);

        Assert.Equal(CopyFor(Alice, length), await ContentAsync(Alice, id));
        Assert.Equal(CopyFor(Bob, length), await ContentAsync(Bob, id));
        Assert.False(await _stores.Spool.ExistsAsync(id, CancellationToken.None));
    }

    [Fact]
    public async Task Mail_for_another_domain_is_held_in_a_ledger()
    {
        var id = await CommitAsync(5_000, Alice, Remote);

        await RouteAsync(id);
        await RouteAsync(id);

        var found = Assert.IsType<LedgerReading.Found>(await _stores.Ledgers.ReadAsync(id, CancellationToken.None));
        Assert.Equal((Remote.Domain.Text, DestinationState.Held), (found.Ledger.Destinations[0].Name, found.Ledger.Destinations[0].State));
        Assert.True(await _stores.Spool.ExistsAsync(id, CancellationToken.None));
        Assert.Equal(CopyFor(Alice, 5_000), await ContentAsync(Alice, id));
    }

    [Fact]
    public async Task Rubbish_is_parked()
    {
        Assert.Equal("{}", await PostAsync("/RouteMessage", Encoding.ASCII.GetBytes($"rubbish {Guid.NewGuid()}")));

        Assert.NotEmpty(await _stores.Parked.ListAsync(CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task A_poisoned_message_is_enqueued_again_when_it_is_due()
    {
        await _stores.Due.AddAsync(DueEntry.At(_stores.Clock.UtcNow.AddMinutes(-1), SpoolId.New(TimeProvider.System), null, 3), CancellationToken.None);

        using var reply = await _client.PostAsync(new Uri("/RetryDeferred", UriKind.Relative), Json("""{"Data":{"timer":{}},"Metadata":{}}"""));

        Assert.Equal("{}", await reply.Content.ReadAsStringAsync());
        Assert.Equal(1, await _stores.Queues.CountAsync(WorkQueue.Accepted, CancellationToken.None));
        Assert.Empty(await _stores.Due.ListDueAsync(CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task Health_is_good() => Assert.Equal("""{"status":"ok"}""", await _client.GetStringAsync(new Uri("/web/health", UriKind.Relative)));

    private async Task<SpoolId> CommitAsync(int length, params EmailAddress[] recipients)
    {
        var id = SpoolId.New(TimeProvider.System);
        await using var writer = _stores.Spool.Create(id);
        for (var position = 0; position < length;)
        {
            var room = writer.GetMemory();
            var count = Math.Min(room.Length, length - position);
            for (var i = 0; i < count; i++)
                room.Span[i] = OctetAt(position + i);
            await writer.AdvanceAsync(count, CancellationToken.None);
            position += count;
        }
        await writer.CommitAsync(EnvelopeOf(id, recipients), default, CancellationToken.None);
        return id;
    }

    private async Task RouteAsync(SpoolId id) => Assert.Equal("{}", await PostAsync("/RouteMessage", new WorkItem { Id = id }.ToBytes()));

    private async Task<string> PostAsync(string target, byte[] text)
    {
        using var content = Json($$$"""{"Data":{"msg":{{{JsonSerializer.Serialize(Convert.ToBase64String(text))}}} },"Metadata":{} }""");
        using var reply = await _client.PostAsync(new Uri(target, UriKind.Relative), content);
        return await reply.Content.ReadAsStringAsync();
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private async Task<byte[]> ContentAsync(EmailAddress account, SpoolId id)
    {
        await using var copy = await _stores.Mailboxes.OpenAsync(account, id, CancellationToken.None);
        Assert.NotNull(copy);
        using var content = new MemoryStream();
        await copy.CopyToAsync(content);
        return content.ToArray();
    }
}
