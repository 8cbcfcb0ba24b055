// The stages of the pipeline over stores in memory, and messages to put into them.
using System.Collections.Concurrent;
using System.Text;
using MailFunctions.App;
using MailFunctions.App.Pipeline;
using MailFunctions.App.Scanning;
using MailFunctions.Mail;
using MailFunctions.Rig;
using MailFunctions.Rig.Memory;

namespace MailFunctions.Pipeline.Functions;

/// <summary>A pipeline of its own for a test.</summary>
internal sealed class PipelineRig : IDisposable
{
    public static readonly EmailAddress Alice = EmailAddress.Parse("alice@example.test");
    public static readonly EmailAddress Bob = EmailAddress.Parse("bob@example.test");
    public static readonly EmailAddress Sender = EmailAddress.Parse("sender@elsewhere.test");

    private static readonly RelayOptions Holding = new() { Hostname = DomainName.Parse("mail.example.test"), Hold = true };

    public const int Block = BlockCopy.BlockLength;

    private static readonly ConcurrentDictionary<long, byte[]> Contents = [];

    public PipelineRig()
    {
        var local = new LocalDelivery(Stores.Spool, Stores.Mailboxes, Trace, Log.For<LocalDelivery>());
        Route = new RouteMessage(
            Stores.Spool, Stores.Ledger, Stores.Parked, Stores.Due, Stores.Queue, Stores.Clock,
            new ContentScan(Holding, Stores.Spool, Stores.Clock, Stores.Time, Log.For<ContentScan>()), local, Gate, Holding,
            Stores.Time, Trace, Log.For<RouteMessage>());
        Retry = new RetryDeferred(Stores.Due, Stores.Queue, Stores.Time, Log.For<RetryDeferred>());
        Park = new ParkPoisoned(Stores.Spool, Stores.Due, Stores.Parked, Stores.Clock, Trace, Log.For<ParkPoisoned>());
        Late = new LateMail(Stores.RemovedAccounts, Stores.Mailboxes, Stores.Spool, Stores.Clock, Log.For<LateMail>());
        Sweep = new SweepSpool(
            Stores.Spool, Stores.Ledger, Stores.Parked, Stores.Queue, Stores.Clock, Late, new AppOptions(0, TimeSpan.FromMinutes(10)), Stores.Time,
            Log.For<SweepSpool>());
    }

    public MemoryStores Stores { get; } = new();

    public LogRecorder Log { get; } = new();

    /// <summary>What was noted.</summary>
    public MemoryTrace Trace { get; } = new();

    public WorkGate Gate { get; } = new();

    public RouteMessage Route { get; }

    public RetryDeferred Retry { get; }

    public ParkPoisoned Park { get; }

    public SweepSpool Sweep { get; }

    public LateMail Late { get; }

    /// <summary>Commits a message of so many octets for these recipients; local ones are those at example.test.</summary>
    public SpoolId Commit(long length, params EmailAddress[] recipients)
    {
        var id = SpoolId.New(Stores.Time);
        Stores.Spool.Put(EnvelopeOf(id, recipients), length, OctetAt);
        return id;
    }

    /// <summary>Commits a small message.</summary>
    public SpoolId Commit(params EmailAddress[] recipients) => Commit(2_000, recipients);

    public static Envelope EnvelopeOf(SpoolId id, IEnumerable<EmailAddress> recipients) => new()
    {
        Id = id,
        ReversePath = Sender,
        Recipients = [.. recipients.Select(target => new Recipient { Target = target, Original = target, IsLocal = target.Domain.Text == "example.test" })],
        Helo = "client.elsewhere.test",
        ReceivedAt = DateTimeOffset.UnixEpoch,
    };

    public Task<Ending> RouteAsync(SpoolId id, int poisoned = 0) =>
        Route.RunAsync(new WorkItem { Id = id, Poisoned = poisoned }.ToBytes(), CancellationToken.None);

    /// <summary>What a copy must be: the two fields, then the message.</summary>
    public static byte[] CopyFor(EmailAddress account, long length)
    {
        var head = Encoding.ASCII.GetBytes($"Return-Path: <{Sender}>\r\nDelivered-To: {account}\r\n");
        return [.. head, .. Contents.GetOrAdd(length, static count => [.. Enumerable.Range(0, (int)count).Select(position => OctetAt(position))])];
    }

    public static byte OctetAt(long position) => (byte)(position * 31 + position / 251);

    public static EmailAddress Account(int number) => EmailAddress.Parse($"user{number}@example.test");

    /// <summary>A recipient in a ledger.</summary>
    public static LedgerRecipient At(string address) => new(EmailAddress.Parse(address), EmailAddress.Parse(address));

    public void Dispose() => Gate.Dispose();
}
