// The one list of containers and queues.
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>Which containers and queues there are. Programs that handle mail take them for given; whoever sets an account up creates them.</summary>
public sealed class StorageLayout
{
    private readonly StorageConnection _connection;
    private readonly StoreRetry _retry;

    internal StorageLayout(StorageConnection connection, StoreRetry retry)
    {
        _connection = connection;
        _retry = retry;
    }

    /// <summary>All containers.</summary>
    public static IReadOnlyList<string> Containers { get; } =
    [
        BlobNames.SpoolContainer, BlobNames.LedgerContainer, BlobNames.DueContainer, BlobNames.MailboxesContainer, BlobNames.DirectoryContainer,
        BlobNames.DestinationsContainer, BlobNames.ParkedContainer, BlobNames.KeysContainer, BlobNames.TraceContainer, BlobNames.PoliciesContainer,
    ];

    /// <summary>All queues.</summary>
    public static IReadOnlyList<string> Queues { get; } =
    [
        BlobNames.Queue(WorkQueue.Accepted), BlobNames.Queue(WorkQueue.Relay),
        BlobNames.PoisonQueue(WorkQueue.Accepted), BlobNames.PoisonQueue(WorkQueue.Relay),
    ];

    /// <summary>Creates what is missing; what is there stays as it is.</summary>
    /// <exception cref="StoreUnavailableException">Storage could not be reached; some may have been created.</exception>
    public Task CreateAllAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Containers.Select(name => _retry.RunAsync(
            $"create the container {name}",
            attempt => (Task)_connection.Blobs.GetBlobContainerClient(name).CreateIfNotExistsAsync(cancellationToken: attempt.Token), cancellationToken))
        .Concat(Queues.Select(name => _retry.RunAsync(
            $"create the queue {name}",
            attempt => (Task)_connection.Queues.GetQueueClient(name).CreateIfNotExistsAsync(cancellationToken: attempt.Token), cancellationToken))));
}
