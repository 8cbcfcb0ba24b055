// The whole pipeline over stores in memory, zones that are data and scripted mail servers, under a time that stands still until it is moved.
using System.Net;
using System.Text;
using MailFunctions.App;
using MailFunctions.App.Pipeline;
using MailFunctions.App.Pipeline.Relaying;
using MailFunctions.App.Pipeline.Relaying.MtaSts;
using MailFunctions.App.Scanning;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Rig.Memory;
using MailFunctions.Rig.Peers;
using MailFunctions.Smtp.Client;

namespace MailFunctions.Pipeline.Functions;

/// <summary>A mail system of its own for a test. Alice and the postmaster live here; everybody else is elsewhere.</summary>
internal sealed class RelayRig : IAsyncDisposable
{
    public static readonly EmailAddress Alice = EmailAddress.Parse("alice@example.test");
    public static readonly EmailAddress Postmaster = EmailAddress.Parse("postmaster@example.test");
    public static readonly byte[] Content = Encoding.ASCII.GetBytes("Subject: x\r\nMessage-ID: <1@example.test>\r\n\r\n.one\r\n..two\r\nthree\r\n");

    private static readonly TimeSpan MaxLife = TimeSpan.FromDays(12);

    private readonly List<IAsyncDisposable> _peers = [];
    private readonly WorkGate _gate = new();
    private readonly Breakers _breakers;
    private readonly KeptSessions _kept;
    private int _hosts;
    private int _nonces;

    public RelayRig(Func<RelayOptions, RelayOptions>? configure = null, TimeProvider? workerTime = null, RefusedAddresses? refusedToDial = null)
    {
        Network = new MemoryNetwork(refusedToDial);
        Options = new RelayOptions { Hostname = DomainName.Parse("mail.example.test") };
        Options = configure?.Invoke(Options) ?? Options;
        var time = workerTime ?? Stores.Time;
        var seams = new RelaySeams { Nonce = () => $"worker {Interlocked.Increment(ref _nonces)}", Below = _ => Chance() };
        var end = new MessageEnd(Stores.Spool, Stores.Ledger, Trace, Log.For<MessageEnd>());
        var reports = new Reports(
            Stores.Spool, Stores.Ledger, Stores.Parked, Stores.Queue, new ReportRecipients(Directory, new RecipientResolver(Directory), Options), end, Options, new DomainKeys(Keys), time, Trace,
            Log.For<Reports>());
        var refused = new RefusedAddresses(Options.OwnAddresses) { AllowsPrivate = true };
        var client = new SmtpClient(Network, new ClientLimits { Farewell = TimeSpan.FromSeconds(2) }, time);
        var slots = new DestinationSlots(Options, time);
        _kept = new KeptSessions(slots, time);
        var attempt = new RelayAttempt(
            new MxRoute(Zone, Options, refused, seams), new RelaySessions(client, _kept, Stores.Spool, Options), Stores.Clock,
            Trace, Log.For<RelayAttempt>(),
            new StsPolicies(Zone, Stores.StsPolicies, Policies, Stores.Clock, time, Options, Log.For<StsPolicies>()));
        _breakers = new Breakers(Stores.Destinations, Stores.Clock, time, Options);
        Relay = new RelayMessage(
            Stores.Spool, Stores.Ledger, Stores.Parked, Stores.Due, Stores.Clock, new SmarthostChoice(Directory, Options), attempt, reports, end, _breakers, slots, _gate,
            Options, seams, time, Trace, Log.For<RelayMessage>());
        Route = new RouteMessage(
            Stores.Spool, Stores.Ledger, Stores.Parked, Stores.Due, Stores.Queue, Stores.Clock,
            new ContentScan(Options, Stores.Spool, Stores.Clock, TimeProvider.System, Log.For<ContentScan>()), new LocalDelivery(Stores.Spool, Stores.Mailboxes, Trace, Log.For<LocalDelivery>()), _gate, Options, time, Trace, Log.For<RouteMessage>());
        Retry = new RetryDeferred(Stores.Due, Stores.Queue, time, Log.For<RetryDeferred>());
        Sweep = new SweepSpool(
            Stores.Spool, Stores.Ledger, Stores.Parked, Stores.Queue, Stores.Clock,
            new LateMail(Stores.RemovedAccounts, Stores.Mailboxes, Stores.Spool, Stores.Clock, Log.For<LateMail>()), new AppOptions(0, TimeSpan.FromMinutes(10)), time,
            Log.For<SweepSpool>());
    }

    public RelayOptions Options { get; }

    public MemoryStores Stores { get; } = new();

    public ZoneResolver Zone { get; } = new();

    /// <summary>What domains publish as their MTA-STS policies.</summary>
    public ScriptedStsFetch Policies { get; } = new();

    public MemoryNetwork Network { get; }

    public MemoryDirectory Directory { get; } =
        new MemoryDirectory().Domain("example.test", "postmaster@example.test").Account("alice@example.test").Account("postmaster@example.test");

    public LogRecorder Log { get; } = new();

    /// <summary>The keys of our domains.</summary>
    public MemoryDkimKeys Keys { get; } = new();

    /// <summary>What was noted.</summary>
    public MemoryTrace Trace { get; } = new();

    /// <summary>What decides the order of equal exchangers.</summary>
    public Func<int> Chance { get; set; } = () => 0;

    public RelayMessage Relay { get; }

    public RouteMessage Route { get; }

    public RetryDeferred Retry { get; }

    public SweepSpool Sweep { get; }

    public DateTimeOffset Now => Stores.Clock.UtcNow;

    /// <summary>A domain with one exchanger that follows the script; by default it takes everything.</summary>
    public ScriptedPeer Domain(string domain, PeerScript? script = null) => Exchanger(domain, 10, $"mx.{domain}", script);

    /// <summary>One more exchanger of a domain. Without a script nobody answers at its address.</summary>
    public ScriptedPeer Exchanger(string domain, ushort preference, string host, PeerScript? script = null, bool answers = true)
    {
        var address = $"203.0.113.{++_hosts}";
        Zone.AddMx(domain, preference, host).AddHost(host, address);
        var peer = new ScriptedPeer(script ?? new PeerScript());
        _peers.Add(peer);
        if (answers)
            Network.Add(new IPEndPoint(IPAddress.Parse(address), Options.Port), peer);
        return peer;
    }

    /// <summary>Puts another server in the place of the one that a domain's exchanger has.</summary>
    public ScriptedPeer Replace(int host, PeerScript script)
    {
        var peer = new ScriptedPeer(script);
        _peers.Add(peer);
        Network.Add(new IPEndPoint(IPAddress.Parse($"203.0.113.{host}"), Options.Port), peer);
        return peer;
    }

    /// <summary>Commits a message of Alice's to these recipients and enqueues it.</summary>
    public SpoolId Submit(params string[] recipients) => Submit(Alice, recipients);

    /// <summary>Commits a message and enqueues it.</summary>
    public SpoolId Submit(
        EmailAddress? sender, string[] recipients, MessageOrigin origin = MessageOrigin.Client, byte[]? content = null, bool mayComeAgain = false)
    {
        var id = SpoolId.New(Stores.Time);
        var envelope = PipelineRig.EnvelopeOf(id, recipients.Select(EmailAddress.Parse)) with
        {
            ReversePath = sender, Origin = origin, MayComeAgain = mayComeAgain,
        };
        Stores.Spool.Put(envelope, content ?? Content);
        Stores.Queue.GiveBack(WorkQueue.Accepted, new WorkItem { Id = id });
        return id;
    }

    public Task<Ending> RelayAsync(SpoolId id, string destination) =>
        Relay.RunAsync(new WorkItem { Id = id, Destination = destination }.ToBytes(), CancellationToken.None);

    /// <summary>Works off what is enqueued, as a host does: what fails comes again.</summary>
    public async Task DrainAsync()
    {
        for (var runs = 0; Stores.Queue.TryTake() is var (queue, item); runs++)
        {
            Assert.True(runs < 2_000, "The queues do not run dry.");
            try
            {
                var ending = await (queue == WorkQueue.Accepted ? Route.RunAsync(item.ToBytes(), default) : Relay.RunAsync(item.ToBytes(), default));
                if (ending == Ending.TryAgain)
                    return;
            }
            catch (StoreUnavailableException)
            {
                Stores.Queue.GiveBack(queue, item);
            }
        }
    }

    /// <summary>Lets time pass to the next thing that is due, or to a sweep, and works off what that enqueues.</summary>
    public async Task TickAsync()
    {
        var next = Stores.Due.Entries.Select(entry => entry.Time).Cast<DateTimeOffset?>().FirstOrDefault();
        var wait = next is { } time ? time - Now : TimeSpan.FromMinutes(11);
        if (wait > TimeSpan.Zero)
            Stores.Time.Advance(wait);
        try
        {
            if (next is not null)
                await Retry.RunAsync(CancellationToken.None);
            else
                await Sweep.RunAsync(null, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // the next tick goes on
        }
        await DrainAsync();
    }

    /// <summary>Runs until nothing is in the spool any more.</summary>
    public async Task RunToRestAsync()
    {
        var end = Stores.Time.GetUtcNow() + MaxLife;
        await DrainAsync();
        for (var ticks = 0; Stores.Spool.Ids.Count > 0 || Stores.Ledger.Ids.Count > 0; ticks++)
        {
            Assert.True(ticks < 5_000 && Stores.Time.GetUtcNow() < end, "The mail never comes to rest.");
            await TickAsync();
        }
    }

    /// <summary>Runs until a time has passed.</summary>
    public async Task RunForAsync(TimeSpan span)
    {
        var end = Stores.Time.GetUtcNow() + span;
        await DrainAsync();
        while (Stores.Due.Entries is [var first, ..] && first.Time - Stores.Clock.Ahead <= end)
            await TickAsync();
        if (end > Stores.Time.GetUtcNow())
            Stores.Time.Advance(end - Stores.Time.GetUtcNow());
    }

    /// <summary>The reports in a mailbox, as text.</summary>
    public IReadOnlyList<string> ReportsTo(EmailAddress account) =>
        [.. Stores.Mailboxes.CopiesOf(account).Select(uid => Encoding.ASCII.GetString(Stores.Mailboxes.Content(account, uid)))];

    /// <summary>How many copies for a recipient a server has taken.</summary>
    public static int Copies(ScriptedPeer peer, string recipient) =>
        peer.Taken.Count(message => message.Recipients.Any(to => to.Contains($"<{recipient}>", StringComparison.Ordinal)));

    public async ValueTask DisposeAsync()
    {
        await _kept.DisposeAsync();
        foreach (var peer in _peers)
            await peer.DisposeAsync();
        _gate.Dispose();
        _breakers.Dispose();
    }
}
