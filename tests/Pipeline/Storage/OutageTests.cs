// Storage that does not answer: every operation ends within its time, and always in the same exception.
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class OutageTests
{
    private readonly FakeTime _time = new();

    /// <summary>A network on which every request ends the same way.</summary>
    private sealed class Network(Func<HttpMessage, Task> answer) : HttpPipelineTransport
    {
        public int Requests { get; private set; }

        public override Request CreateRequest() => HttpClientTransport.Shared.CreateRequest();

        public override void Process(HttpMessage message) => throw new NotSupportedException();

        public override async ValueTask ProcessAsync(HttpMessage message)
        {
            Requests++;
            await answer(message);
        }
    }

    private static Network Answering(int status, string code) => new(message =>
    {
        message.Response = new CannedResponse(status, code);
        return Task.CompletedTask;
    });

    private static Network Silent() => new(message => Task.Delay(Timeout.Infinite, message.CancellationToken));

    private static Network Unreachable() => new(_ => throw new RequestFailedException("refused", new HttpRequestException("refused")));

    private static readonly Dictionary<string, Func<MailStores, Task>> Operations = new()
    {
        ["spool"] = stores => Sample.SpoolAsync(stores.Spool, Sample.Id(), Sample.Content(10)),
        ["spool blocks"] = stores => Sample.SpoolAsync(stores.Spool, Sample.Id(), Sample.Content(Sample.Block + 1)),
        ["open"] = stores => stores.Spool.OpenAsync(Sample.Id(), CancellationToken.None),
        ["exists"] = stores => stores.Spool.ExistsAsync(Sample.Id(), CancellationToken.None),
        ["delete"] = stores => stores.Spool.DeleteAsync(Sample.Id(), CancellationToken.None),
        ["list"] = async stores => await stores.Spool.ListAsync("", CancellationToken.None).ToListAsync(),
        ["ledger"] = stores => stores.Ledgers.ReadAsync(Sample.Id(), CancellationToken.None),
        ["update ledger"] = stores => stores.Ledgers.UpdateAsync(new Ledger(Sample.Id(), null, default, []), "\"0x1\"", CancellationToken.None),
        ["mark"] = stores => stores.Spool.LeaveMarkAsync(Sample.Id(), CancellationToken.None),
        ["breakers"] = async stores => await stores.Destinations.ListAsync(CancellationToken.None).ToListAsync(),
        ["open breaker"] = stores => stores.Destinations.OpenAsync("x.test", default, 1, null, CancellationToken.None),
        ["keep breaker open"] = stores => stores.Destinations.OpenAsync("x.test", default, 2, "\"0x1\"", CancellationToken.None),
        ["probe"] = stores => stores.Destinations.ProbeAsync(new OpenBreaker("x.test", default, 2, "\"0x1\""), default, CancellationToken.None),
        ["close breaker"] = stores => stores.Destinations.CloseAsync("x.test", CancellationToken.None),
        ["due"] = async stores => await stores.Due.ListDueAsync(CancellationToken.None).ToListAsync(),
        ["deliver"] = stores => stores.Mailboxes.DeliverAsync(Sample.Account(), Sample.Id(), default, default, CancellationToken.None),
        ["bury"] = stores => stores.Mailboxes.BuryAsync(Sample.Account(), Sample.Id(), CancellationToken.None),
        ["lock"] = stores => stores.Mailboxes.TryLockAsync(Sample.Account(), CancellationToken.None),
        ["park"] = stores => stores.Parked.ParkAsync(Sample.Id(), "why", CancellationToken.None),
        ["enqueue"] = stores => stores.Queues.EnqueueAsync(WorkQueue.Accepted, new WorkItem { Id = Sample.Id() }, CancellationToken.None),
        ["peek"] = stores => stores.Queues.OldestAgeAsync(WorkQueue.Accepted, CancellationToken.None),
        ["account"] = async stores => await stores.Directory.FindAccountAsync(Sample.Account(), CancellationToken.None),
        ["layout"] = stores => stores.Layout.CreateAllAsync(CancellationToken.None),
    };

    public static TheoryData<string> OperationNames => [.. Operations.Keys];

    [Theory]
    [MemberData(nameof(OperationNames))]
    public async Task An_operation_on_a_silent_network_ends_within_its_time(string operation)
    {
        using var stores = Open(Silent());
        var started = _time.GetTimestamp();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => _time.RunAsync(Operations[operation](stores)));

        Assert.InRange(_time.GetElapsedTime(started), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));
    }

    [Theory]
    [MemberData(nameof(OperationNames))]
    public async Task An_operation_on_a_network_that_refuses_ends_within_its_time(string operation)
    {
        using var stores = Open(Unreachable());
        var started = _time.GetTimestamp();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => _time.RunAsync(Operations[operation](stores)));

        Assert.InRange(_time.GetElapsedTime(started), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15));
    }

    [Theory]
    [MemberData(nameof(OperationNames))]
    public async Task An_operation_on_a_service_that_is_busy_ends_within_its_time(string operation)
    {
        var network = Answering(503, "ServerBusy");
        using var stores = Open(network);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => _time.RunAsync(Operations[operation](stores)));

        Assert.InRange(network.Requests, 5, 5 * (StorageLayout.Containers.Count + StorageLayout.Queues.Count)); // the layout makes all of these at once
    }

    [Theory]
    [InlineData(408, "", 5)]
    [InlineData(429, "", 5)]
    [InlineData(500, "InternalError", 5)]
    [InlineData(502, "", 5)]
    [InlineData(503, "ServerBusy", 5)]
    [InlineData(504, "", 5)]
    [InlineData(401, "NoAuthenticationInformation", 1)]
    [InlineData(403, "AuthenticationFailed", 1)]
    [InlineData(404, "ContainerNotFound", 1)]
    [InlineData(404, "ResourceNotFound", 1)]
    [InlineData(409, "ContainerBeingDeleted", 1)]
    [InlineData(400, "InvalidHeaderValue", 1)]
    [InlineData(409, "InvalidBlobType", 1)]
    [InlineData(507, "", 1)]
    public async Task Every_refusal_means_not_now_and_is_repeated_if_that_can_help(int status, string code, int tries)
    {
        var network = Answering(status, code);
        using var stores = Open(network);

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => _time.RunAsync(Operations["spool"](stores)));

        Assert.Equal(tries, network.Requests);
        Assert.Contains($"{status} {code}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Giving_up_ends_an_operation_at_once_and_is_not_taken_for_trouble()
    {
        using var stores = Open(Silent());
        using var cancel = new CancellationTokenSource();
        var work = stores.Spool.DeleteAsync(Sample.Id(), cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
    }

    [Fact]
    public async Task Waits_between_tries_grow_and_follow_the_injected_chance()
    {
        var times = new List<TimeSpan>();
        var started = _time.GetTimestamp();
        var network = new Network(message =>
        {
            times.Add(_time.GetElapsedTime(started));
            message.Response = new CannedResponse(503, "ServerBusy");
            return Task.CompletedTask;
        });
        var chances = new Queue<double>([0, 0.5, 0, 0.5]);
        using var stores = Open(network, chances.Dequeue);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => _time.RunAsync(Operations["delete"](stores)));

        Assert.Equal([0, 100, 550, 1450, 5500], times.Select(time => time.TotalMilliseconds));
    }

    private MailStores Open(HttpPipelineTransport network, Func<double>? jitter = null) => MailStores.Open(
        new StorageOptions { Storage = "AccountName=a;AccountKey=AAAA;BlobEndpoint=http://a.test/a;QueueEndpoint=http://q.test/a" }, "Production",
        new StorageSeams { Clock = _time, Transport = network, Jitter = jitter ?? (() => 0.5) });
}
