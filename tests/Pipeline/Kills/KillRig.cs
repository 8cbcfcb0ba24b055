// The real function app as a process that is killed at a moment a test decides, and the test in the place of the Functions host.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using MailFunctions.App;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Pipeline.Dns;
using MailFunctions.Pipeline.Functions;
using MailFunctions.Rig;
using MailFunctions.Rig.Peers;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Kills;

/// <summary>
/// A worker process behind a storage proxy, a mail server that takes all mail for other domains, and a name server that says so. A worker that is
/// dead is started again when there is something to do, as the Functions host does; time passes by being told.
/// </summary>
internal sealed class KillRig : IAsyncDisposable
{
    public static readonly EmailAddress Alice = RelayRig.Alice;
    public static readonly EmailAddress Remote = EmailAddress.Parse("a@one.test");

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly MailStores _stores;
    private readonly HttpClient _client = new() { Timeout = Patience };
    private readonly ScriptedServer _names = new();
    private readonly ScriptedPeer _peer;
    private readonly IPEndPoint _peerAddress;
    private readonly int _port = AzuriteServer.FreePorts(1);
    private FunctionAppProcess? _worker;

    private KillRig(MailStores stores, StorageProxy proxy, PeerScript script)
    {
        (_stores, Proxy) = (stores, proxy);
        _peer = new ScriptedPeer(script);
        _peerAddress = _peer.Listen(IPAddress.Parse("127.0.0.21"));
        _names.Udp = (_, query, send) => send(Answer(query));
        _client.BaseAddress = new Uri($"http://127.0.0.1:{_port}");
    }

    public MailStores Stores => _stores;

    public StorageProxy Proxy { get; }

    /// <summary>The mail server's side.</summary>
    public ScriptedPeer Peer => _peer;

    /// <summary>Whether the lease of every queue message has gone to somebody else when its work is done for the first time.</summary>
    public bool LosesLeases { get; init; }

    /// <summary>How often a queue message could not be deleted for that.</summary>
    public int StaleReceipts { get; private set; }

    /// <summary>How many workers were killed.</summary>
    public int Kills { get; private set; }

    public static async Task<KillRig> StartAsync(AzuriteServer azurite, PeerScript? script = null, bool losesLeases = false)
    {
        var account = azurite.FreshAccount();
        var stores = MailStores.Open(new StorageOptions { Storage = account }, "Development");
        await stores.Layout.CreateAllAsync(CancellationToken.None);
        await stores.Directory.Domains.PutAsync(new LocalDomain(Alice.Domain, DomainKind.Local, Alice), CancellationToken.None);
        await stores.Directory.Accounts.PutAsync(new Account(Alice, ScramVerifier.Unmatchable), CancellationToken.None);
        return new KillRig(stores, await StorageProxy.StartAsync(account), script ?? new PeerScript()) { LosesLeases = losesLeases };
    }

    /// <summary>Commits a message and its hint, as the gateway does.</summary>
    public async Task<SpoolId> SubmitAsync(EmailAddress recipient, byte[]? content = null)
    {
        content ??= RelayRig.Content;
        var id = SpoolId.New(TimeProvider.System);
        await using var writer = _stores.Spool.Create(id);
        for (var position = 0; position < content.Length;)
        {
            var room = writer.GetMemory();
            var count = Math.Min(room.Length, content.Length - position);
            content.AsMemory(position, count).CopyTo(room);
            await writer.AdvanceAsync(count, CancellationToken.None);
            position += count;
        }
        await writer.CommitAsync(PipelineRig.EnvelopeOf(id, [recipient]) with { ReversePath = Alice }, default, CancellationToken.None);
        await _stores.Queues.EnqueueAsync(WorkQueue.Accepted, new WorkItem { Id = id }, CancellationToken.None);
        return id;
    }

    /// <summary>Begins anew: with the true time, and with a worker that remembers nothing.</summary>
    public async Task BeginAnewAsync()
    {
        Proxy.Clear();
        Proxy.Ahead = TimeSpan.Zero;
        if (_worker is null)
            return;
        await KillAsync();
        Kills--;
    }

    /// <summary>Kills the worker by SIGKILL; returns once it is gone.</summary>
    public async Task KillAsync()
    {
        var worker = _worker ?? throw new InvalidOperationException("No worker is running.");
        _worker = null;
        Kills++;
        await LocalSystem.SignalAsync("-KILL", worker.Id);
        Assert.Equal(128 + 9, (await worker.EndAsync()).ExitCode);
        worker.Dispose();
    }

    /// <summary>Stops the worker without its knowing: it neither reads nor writes until it is killed.</summary>
    public Task FreezeAsync() => LocalSystem.SignalAsync("-STOP", _worker!.Id);

    /// <summary>Plays the host until nothing is left of any message: no hint, no entry, no ledger, no message in the spool.</summary>
    public async Task RunToRestAsync()
    {
        for (var ticks = 0; ; ticks++)
        {
            Assert.True(ticks < 30, "The mail never comes to rest.");
            while (await RunBatchAsync())
            {
            }
            var due = await DueAsync();
            if (due is { } time)
            {
                // The Date of an answer has whole seconds.
                Proxy.Ahead = TimeSpan.FromTicks(Math.Max(Proxy.Ahead.Ticks, (time - DateTimeOffset.UtcNow).Ticks + TimeSpan.TicksPerSecond * 2));
                await InvokeAsync("RetryDeferred", """{"timer":{}}""");
            }
            else if (await HoldsAnyAsync(BlobNames.SpoolContainer))
            {
                Proxy.Ahead += TimeSpan.FromMinutes(11);
                await InvokeAsync("SweepSpool", """{"timer":{}}""");
            }
            else if (await HoldsAnyAsync(BlobNames.LedgerContainer))
            {
                Proxy.Ahead += TimeSpan.FromHours(25); // a ledger without a message is nobody's mail, and gone within 36 h
                await InvokeAsync("SweepSpool", """{"timer":{}}""");
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>Takes what the queues hold and has it worked off at once; what fails is there again at once.</summary>
    /// <returns>False if they are empty.</returns>
    public async Task<bool> RunBatchAsync()
    {
        var any = false;
        foreach (var (queue, function) in new[] { (WorkQueue.Accepted, "RouteMessage"), (WorkQueue.Relay, "RelayMessage") })
        {
            var client = _stores.Connection.Queues.GetQueueClient(BlobNames.Queue(queue));
            var messages = (await client.ReceiveMessagesAsync(maxMessages: 16)).Value;
            any |= messages.Length > 0;
            if (messages.Length > 0)
                await StartWorkerAsync();
            await Task.WhenAll(messages.Select(async message =>
            {
                if (await InvokeAsync(function, $$"""{"msg":{{JsonSerializer.Serialize(message.Body.ToString())}} }"""))
                    await FinishAsync(client, message);
                else
                    await client.UpdateMessageAsync(message.MessageId, message.PopReceipt, message.Body, TimeSpan.Zero);
            }));
        }
        return any;
    }

    /// <summary>What the mail server received whole for an address, whether it said so or not.</summary>
    public int CopiesReceived(EmailAddress recipient) =>
        _peer.Sessions.SelectMany(session => session.Messages).Count(message => message.Recipients.Any(to => to.Contains($"<{recipient}>", StringComparison.Ordinal)));

    /// <summary>The copies in Alice's mailbox.</summary>
    public async Task<List<SpoolId>> MailboxAsync() =>
        [.. (await _stores.Mailboxes.ListAsync(Alice, CancellationToken.None).ToListAsync()).Select(entry => entry.Uid)];

    public async Task<string> ReadAsync(SpoolId uid)
    {
        await using var copy = await _stores.Mailboxes.OpenAsync(Alice, uid, CancellationToken.None);
        using var reader = new StreamReader(copy!, Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _worker?.Dispose();
        await _peer.DisposeAsync();
        await _names.DisposeAsync();
        await Proxy.DisposeAsync();
        _client.Dispose();
        _stores.Dispose();
    }

    private async Task FinishAsync(QueueClient queue, QueueMessage message)
    {
        if (LosesLeases && message.DequeueCount == 1)
            await queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, message.Body, TimeSpan.Zero);
        try
        {
            await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt);
        }
        catch (RequestFailedException stale) when (LosesLeases && message.DequeueCount == 1 && stale.Status is 400 or 404)
        {
            StaleReceipts++; // as a host does: whoever has the message now will see to it
        }
    }

    private async Task<bool> InvokeAsync(string function, string data)
    {
        var worker = await StartWorkerAsync();
        using var content = new StringContent($$"""{"Data":{{data}} ,"Metadata":{} }""", Encoding.UTF8, "application/json");
        try
        {
            using var reply = await _client.PostAsync(new Uri(function, UriKind.Relative), content);
            return reply.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException) when (!ReferenceEquals(worker, _worker))
        {
            await Proxy.SettleAsync(); // it was killed, and who did it looks around before anything goes on
            return false;
        }
    }

    private async Task<FunctionAppProcess> StartWorkerAsync()
    {
        if (_worker is not null)
            return _worker;
        var worker = _worker = FunctionAppProcess.Start(
            (AppOptions.PortKey, _port.ToString(CultureInfo.InvariantCulture)), ("Mail__Storage", Proxy.ConnectionString), ("DOTNET_ENVIRONMENT", "Development"),
            ("Mail__Relay__Hold", "false"), ("Mail__Relay__AllowPrivateAddresses", "true"),
            ("Mail__Relay__Port", _peerAddress.Port.ToString(CultureInfo.InvariantCulture)),
            ("Mail__Dns__Server", _names.Address.ToString()), ("Mail__Hostname", "mail.example.test"));
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                using var reply = await _client.GetAsync(new Uri("/", UriKind.Relative));
                return worker;
            }
            catch (HttpRequestException) when (Stopwatch.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(10);
            }
        }
    }

    private async Task<DateTimeOffset?> DueAsync()
    {
        await foreach (var item in _stores.Connection.Blobs.GetBlobContainerClient(BlobNames.DueContainer).GetBlobsAsync())
        {
            if (BlobNames.TryParseDue(item.Name, out var entry) && entry is not null)
                return entry.Time;
        }
        return null;
    }

    private async Task<bool> HoldsAnyAsync(string container)
    {
        await foreach (BlobItem item in _stores.Connection.Blobs.GetBlobContainerClient(container).GetBlobsAsync())
        {
            if (item.Properties.ContentLength > 0) // an empty spool blob is the mark that a report was made
                return true;
        }
        return false;
    }

    // Every domain has one exchanger, every host one address, and that is the mail server's.
    private byte[] Answer(byte[] query)
    {
        var (name, end) = ("", 12);
        for (; query[end] != 0; end += 1 + query[end])
            name += Encoding.Latin1.GetString(query, end + 1, query[end]) + '.';
        var answer = ScriptedServer.To(query);
        return ((query[end + 1] << 8) | query[end + 2]) switch
        {
            ResponseBuilder.Mx => answer.Answer(name, ResponseBuilder.Mx, 60, ResponseBuilder.MxData(10, $"mx.{name}")).Build(),
            ResponseBuilder.A => answer.Answer(name, ResponseBuilder.A, 60, _peerAddress.Address.GetAddressBytes()).Build(),
            _ => answer.Build(),
        };
    }
}
