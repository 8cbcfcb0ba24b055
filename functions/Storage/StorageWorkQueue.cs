// The queues that wake the functions, in the queue service.
using Azure.Storage.Queues;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>
/// Messages are base64, as the Functions host expects them, and stay until taken: by default the service drops a message without a word after 7 days.
/// </summary>
internal sealed class StorageWorkQueue(QueueServiceClient queues, StoreRetry retry, IStoreClock clock) : IWorkQueue
{
    private static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    /// <inheritdoc/>
    public Task EnqueueAsync(WorkQueue queue, WorkItem item, CancellationToken cancellationToken)
    {
        var text = Convert.ToBase64String(item.ToBytes());
        return retry.RunAsync(
            $"enqueue in {BlobNames.Queue(queue)}",
            attempt => (Task)Client(queue).SendMessageAsync(text, visibilityTimeout: TimeSpan.Zero, timeToLive: Forever, attempt.Token), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<TimeSpan> OldestAgeAsync(WorkQueue queue, CancellationToken cancellationToken) =>
        retry.RunAsync($"peek into {BlobNames.Queue(queue)}", async attempt =>
        {
            var messages = (await Client(queue).PeekMessagesAsync(maxMessages: 1, attempt.Token)).Value;
            if (messages is not [{ InsertedOn: { } inserted }, ..])
                return TimeSpan.Zero;
            var age = clock.UtcNow - inserted;
            return age > TimeSpan.Zero ? age : TimeSpan.Zero;
        }, cancellationToken);

    /// <inheritdoc/>
    public Task<long> CountAsync(WorkQueue queue, CancellationToken cancellationToken) =>
        retry.RunAsync<long>(
            $"count {BlobNames.Queue(queue)}",
            async attempt => (await Client(queue).GetPropertiesAsync(attempt.Token)).Value.ApproximateMessagesCount, cancellationToken);

    private QueueClient Client(WorkQueue queue) => queues.GetQueueClient(BlobNames.Queue(queue));
}
