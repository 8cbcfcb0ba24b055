// An instance of the function app as a simulated process, with the part of the Functions host that feeds it.
using System.Text;
using System.Xml.Linq;
using MailFunctions.App;
using MailFunctions.App.Pipeline;
using MailFunctions.App.Pipeline.Relaying;
using MailFunctions.App.Scanning;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Simulation.Checks;
using MailFunctions.Simulation.Scenarios;
using MailFunctions.Simulation.Store;
using MailFunctions.Smtp.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Simulation.Engine;

/// <summary>
/// Takes messages from the queues as the host does: invisible for 30 seconds, renewed while they are worked on, given back on failure, moved to the
/// poison queue at the fifth. The host's own calls can go wrong as well.
/// </summary>
internal sealed class SimWorker
{
    /// <summary>When mail is warned about and given up here: soon, so that runs are short.</summary>
    public static readonly RetrySchedule Retry = new() { WarnAfter = TimeSpan.FromMinutes(30), GiveUpAfter = TimeSpan.FromHours(3) };

    private const int MaxDequeues = 5;

    private static readonly TimeSpan FunctionLimit = TimeSpan.FromMinutes(8);

    private readonly SimWorld _world;
    private readonly Dictionary<string, Func<ReadOnlyMemory<byte>, CancellationToken, Task<Ending>>> _stages;
    private readonly RetryDeferred _retry;
    private readonly SweepSpool _sweep;

    public SimWorker(SimWorld world, SimProcess process)
    {
        _world = world;
        Process = process;
        var (stores, time, bug) = (process.Stores, process.Time, world.Planted);
        var options = new RelayOptions
        {
            Hostname = DomainName.Parse("mx.example.test"), AllowPrivateAddresses = true,
            Retry = Retry,
            Smarthosts = new Dictionary<string, SmarthostOptions>
            {
                [Setup.Smarthost] = new(DomainName.Parse($"mx10.{Setup.Smarthost}.test"), 25, TlsMode.Never, Login: null, TrustedRoots: null),
            },
        };
        var spool = Plants.Of(bug, stores.Spool, time);
        var ledgers = Plants.Of(bug, stores.Ledgers);
        var due = Plants.Of(bug, stores.Due);
        var clock = Plants.Of(bug, stores.Clock, time);
        var mailboxes = Plants.Of(bug, stores.Mailboxes, stores.Spool);
        var gate = new WorkGate();
        var seams = new RelaySeams { Nonce = () => process.NextName("claim"), Below = world.Chance.Next };
        var end = new MessageEnd(spool, ledgers, new NoTrace(), NullLogger<MessageEnd>.Instance);
        var reports = new Reports(
            spool, ledgers, stores.Parked, stores.Queues, new ReportRecipients(stores.Directory, new RecipientResolver(stores.Directory), options), end,
            options, new DomainKeys(stores.DkimKeys), time, new NoTrace(), NullLogger<Reports>.Instance);
        var refused = new RefusedAddresses([]) { AllowsPrivate = true };
        var slots = new DestinationSlots(options, time);
        var attempt = new RelayAttempt(
            new MxRoute(world.Zone, options, refused, seams),
            new RelaySessions(new SmtpClient(world.Network.For(process), new ClientLimits(), time), new KeptSessions(slots, time), spool, options), clock,
            new NoTrace(), NullLogger<RelayAttempt>.Instance);
        var relay = new RelayMessage(
            spool, ledgers, stores.Parked, due, clock, new SmarthostChoice(stores.Directory, options), attempt, reports, end,
            new Breakers(stores.Destinations, clock, time, options), slots, gate, options, seams, time, new NoTrace(), NullLogger<RelayMessage>.Instance);
        var route = new RouteMessage(
            spool, ledgers, stores.Parked, due, stores.Queues, clock, new ContentScan(options, spool, clock, time, NullLogger<ContentScan>.Instance),
            new LocalDelivery(spool, mailboxes, new NoTrace(), NullLogger<LocalDelivery>.Instance), gate, options, time, new NoTrace(), NullLogger<RouteMessage>.Instance);
        var park = new ParkPoisoned(spool, due, stores.Parked, clock, new NoTrace(), NullLogger<ParkPoisoned>.Instance);
        _retry = new RetryDeferred(due, stores.Queues, time, NullLogger<RetryDeferred>.Instance);
        _sweep = new SweepSpool(
            spool, ledgers, stores.Parked, stores.Queues, clock, new LateMail(stores.RemovedAccounts, mailboxes, spool, clock, NullLogger<LateMail>.Instance),
            new AppOptions(0, TimeSpan.FromMinutes(10)), time, NullLogger<SweepSpool>.Instance);
        _stages = new()
        {
            ["accepted"] = route.RunAsync, ["relay"] = relay.RunAsync,
            ["accepted-poison"] = (text, cancel) => ParkAsync(park, WorkQueue.Accepted, text, cancel),
            ["relay-poison"] = (text, cancel) => ParkAsync(park, WorkQueue.Relay, text, cancel),
        };
    }

    /// <summary>Its process.</summary>
    public SimProcess Process { get; }

    /// <summary>Begins to take work.</summary>
    public void Start()
    {
        foreach (var queue in _stages.Keys)
            _ = TakeAsync(queue);
        _ = TickAsync();
    }

    private async Task<Ending> ParkAsync(ParkPoisoned park, WorkQueue queue, ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
    {
        if (_world.Planted != PlantedBug.PoisonDropped)
            await park.RunAsync(queue, text, cancellationToken);
        return Ending.Done;
    }

    private async Task TakeAsync(string queue)
    {
        for (; ; )
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200 + _world.Chance.Next(300)), Process.Time);
            // The host asks all the time; what it would not find is not asked for here, so that a run is short.
            if (_world.Store.Queues.In(queue) is var waiting && !waiting.Any(message => message.Visible <= _world.Time.GetUtcNow()))
            {
                await _world.ChangedAsync(queue, Process);
                continue;
            }
            if (await CallAsync("Get Messages", "GET", $"{queue}/messages", ("numofmessages", "4"), ("visibilitytimeout", "30")) is not { Status: 200 } answer)
                continue;
            using var body = new MemoryStream(answer.Body);
            foreach (var element in XDocument.Load(body).Root!.Elements())
                _ = WorkAsync(queue, element);
        }
    }

    private async Task WorkAsync(string queue, XElement message)
    {
        var text = message.Element("MessageText")!.Value;
        var held = new HeldMessage($"{queue}/messages/{message.Element("MessageId")!.Value}", message.Element("PopReceipt")!.Value);
        var isDoubled = _world.Plan.Doubled > 0 && _world.Chance.NextDouble() < _world.Plan.Doubled;
        if (isDoubled)
            _ = RunAsync(queue, text);
        using var working = new CancellationTokenSource();
        _ = RenewAsync(held, working.Token);
        var isDone = await RunAsync(queue, text);
        await working.CancelAsync();
        if (isDone)
        {
            await DeleteAsync(held);
            if (queue.EndsWith("-poison", StringComparison.Ordinal))
                _world.Checker.CheckPoison(text);
            return;
        }
        if (int.Parse(message.Element("DequeueCount")!.Value, System.Globalization.CultureInfo.InvariantCulture) < MaxDequeues
            || queue.EndsWith("-poison", StringComparison.Ordinal))
        {
            await UpdateAsync(held);
            return;
        }
        var body = Encoding.UTF8.GetBytes($"<QueueMessage><MessageText>{text}</MessageText></QueueMessage>");
        if (await CallAsync("Put Message", "POST", $"{queue}-poison/messages", body, ("messagettl", "-1")) is { Status: 201 })
            await DeleteAsync(held);
    }

    private async Task<bool> RunAsync(string queue, string text)
    {
        using var limit = new CancellationTokenSource(FunctionLimit, Process.Time);
        try
        {
            var ending = await _stages[queue](Convert.FromBase64String(text), limit.Token);
            _world.Log.Add($"{Process.Name} {queue}: {ending}");
            return ending == Ending.Done;
        }
        catch (Exception error) when (error is StoreUnavailableException or OperationCanceledException or AggregateException)
        {
            _world.Log.Add($"{Process.Name} {queue}: {error.GetType().Name}");
            return false;
        }
    }

    private async Task RenewAsync(HeldMessage held, CancellationToken working)
    {
        try
        {
            for (; ; )
            {
                await Task.Delay(TimeSpan.FromSeconds(15), Process.Time, working);
                await UpdateAsync(held);
            }
        }
        catch (OperationCanceledException)
        {
            // the work is done
        }
    }

    // The timers of the function app: each minute, and every ten minutes. A tick that would find nothing is left out.
    private async Task TickAsync()
    {
        DateTimeOffset? last = null;
        for (var minute = 1; ; minute++)
        {
            await Task.Delay(TimeSpan.FromMinutes(1), Process.Time);
            if (_world.HasDue)
                await RunTimerAsync("retry", _retry.RunAsync);
            if (_world.Planted == PlantedBug.SweepOff || minute % _world.SweepMinutes != 0)
                continue;
            var now = Process.Time.GetUtcNow();
            var before = last;
            await RunTimerAsync("sweep", cancel => _sweep.RunAsync(before, cancel));
            last = now;
        }
    }

    private async Task RunTimerAsync(string name, Func<CancellationToken, Task> run)
    {
        try
        {
            await run(CancellationToken.None);
            _world.Log.Add($"{Process.Name} {name}: done");
        }
        catch (Exception error) when (error is StoreUnavailableException or AggregateException)
        {
            _world.Log.Add($"{Process.Name} {name}: {error.GetType().Name}");
        }
    }

    private ValueTask<SimAnswer?> DeleteAsync(HeldMessage held) => CallAsync("Delete Message", "DELETE", held.Path, ("popreceipt", held.Receipt));

    private async Task UpdateAsync(HeldMessage held)
    {
        var answer = await CallAsync("Update Message", "PUT", held.Path, ("popreceipt", held.Receipt), ("visibilitytimeout", "30"));
        if (answer is { Status: 204 })
            held.Receipt = answer.Headers["x-ms-popreceipt"];
    }

    private ValueTask<SimAnswer?> CallAsync(string call, string method, string path, params (string, string)[] query) =>
        CallAsync(call, method, path, [], query);

    private async ValueTask<SimAnswer?> CallAsync(string call, string method, string path, byte[] body, params (string Key, string Value)[] query)
    {
        var request = new SimRequest(
            call, method, IsQueue: true, path.Split('/', 2), query.ToDictionary(pair => pair.Key, pair => pair.Value), new Dictionary<string, string>(), body);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), Process.Time);
        try
        {
            return await Process.CallAsync(request, limit.Token);
        }
        catch (Exception error) when (error is Azure.RequestFailedException or OperationCanceledException)
        {
            return null;
        }
    }

    private sealed class HeldMessage(string path, string receipt)
    {
        public string Path => path;

        public string Receipt { get; set; } = receipt;
    }
}
