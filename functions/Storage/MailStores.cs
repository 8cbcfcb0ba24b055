// All stores, wired one way for every program.
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>The stores of one storage account. One instance serves a whole process; dispose it at its end.</summary>
public sealed class MailStores : IDisposable
{
    private readonly Func<string> _nonce;

    private MailStores(StorageConnection connection, StoreClock clock, StorageMeter meter, StoreRetry retry, Func<string> nonce)
    {
        StoreContainer Container(string name) => new(connection.Blobs.GetBlobContainerClient(name), retry, nonce);

        var directory = Container(BlobNames.DirectoryContainer);
        _nonce = nonce;
        Connection = connection;
        Clock = clock;
        Meter = meter;
        Layout = new StorageLayout(connection, retry);
        Spool = new BlobSpool(Container(BlobNames.SpoolContainer));
        Ledgers = new BlobLedger(Container(BlobNames.LedgerContainer));
        Due = new BlobDueIndex(Container(BlobNames.DueContainer), clock);
        Mailboxes = new BlobMailboxStore(Container(BlobNames.MailboxesContainer), directory);
        DeletedCopies = new DeletedCopies(Container(BlobNames.MailboxesContainer));
        Destinations = new BlobDestinations(Container(BlobNames.DestinationsContainer));
        StsPolicies = new BlobStsPolicies(Container(BlobNames.PoliciesContainer));
        Directory = new BlobDirectory(directory);
        RemovedAccounts = new RemovedAccounts(Directory);
        DkimKeys = new BlobDkimKeys(Container(BlobNames.KeysContainer));
        Parked = new BlobParked(Container(BlobNames.ParkedContainer), clock);
        ParkedRecords = new ParkedRecords(Container(BlobNames.ParkedContainer));
        Queues = new StorageWorkQueue(connection.Queues, retry, clock);
        TraceContainer = Container(BlobNames.TraceContainer);
        Trace = new BlobTraceReader(TraceContainer);
    }

    /// <summary>The clients beneath.</summary>
    public StorageConnection Connection { get; }

    /// <summary>The containers and queues.</summary>
    public StorageLayout Layout { get; }

    /// <summary>The storage service's clock.</summary>
    public IStoreClock Clock { get; }

    /// <summary>What was used of the storage service.</summary>
    public StorageMeter Meter { get; }

    /// <summary>The spool.</summary>
    public ISpool Spool { get; }

    /// <summary>The ledgers.</summary>
    public ILedger Ledgers { get; }

    /// <summary>The index by time.</summary>
    public IDueIndex Due { get; }

    /// <summary>The mailboxes.</summary>
    public IMailboxStore Mailboxes { get; }

    /// <summary>What was deleted from mailboxes and is still kept.</summary>
    public DeletedCopies DeletedCopies { get; }

    /// <summary>The destinations that are down as a whole.</summary>
    public IDestinations Destinations { get; }

    /// <summary>Other domains' MTA-STS policies.</summary>
    public IStsPolicies StsPolicies { get; }

    /// <summary>The directory.</summary>
    public BlobDirectory Directory { get; }

    /// <summary>The removed accounts that are still on record.</summary>
    public IRemovedAccounts RemovedAccounts { get; }

    /// <summary>The keys with which mail is signed.</summary>
    public BlobDkimKeys DkimKeys { get; }

    /// <summary>What waits for an operator.</summary>
    public IParked Parked { get; }

    /// <summary>The same with its reasons.</summary>
    public ParkedRecords ParkedRecords { get; }

    /// <summary>The queues.</summary>
    public IWorkQueue Queues { get; }

    /// <summary>The trace, to be read.</summary>
    public BlobTraceReader Trace { get; }

    /// <summary>The trace, to be written.</summary>
    internal StoreContainer TraceContainer { get; }

    /// <summary>A name that nobody else uses, for the holder of a claim.</summary>
    public string NewNonce() => _nonce();

    /// <summary>Wires the stores; nothing is sent yet.</summary>
    /// <param name="options">What is configured.</param>
    /// <param name="environment">The program's environment: in <c>Production</c>, and only there, the storage emulator is refused.</param>
    /// <param name="seams">Time, chance, network and log; null for the real ones without a log.</param>
    /// <exception cref="StorageConfigurationException">Nothing is configured, or nothing that can be used.</exception>
    public static MailStores Open(StorageOptions options, string environment, StorageSeams? seams = null)
    {
        seams ??= new StorageSeams();
        var clock = new StoreClock(seams.Clock);
        var meter = new StorageMeter();
        var connection = StorageConnection.Open(options, environment, seams, clock, meter);
        var retry = new StoreRetry(seams.Clock, seams.Jitter, seams.Loggers.CreateLogger("MailFunctions.Storage"));
        return new MailStores(connection, clock, meter, retry, seams.Nonce);
    }

    /// <inheritdoc/>
    public void Dispose() => Connection.Dispose();
}
