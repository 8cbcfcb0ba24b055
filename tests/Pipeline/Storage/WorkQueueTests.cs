// The queues: messages that never expire, in the form that the Functions host reads.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class WorkQueueTests(StorageAccount account) : IClassFixture<StorageAccount>, IDisposable
{
    private readonly MailStores _stores = account.Open();

    public void Dispose() => _stores.Dispose();

    [Theory]
    [InlineData(WorkQueue.Accepted, "accepted")]
    [InlineData(WorkQueue.Relay, "relay")]
    public async Task A_message_is_visible_at_once_and_never_expires(WorkQueue queue, string name)
    {
        var client = _stores.Connection.Queues.GetQueueClient(name);
        await client.ClearMessagesAsync();
        var item = new WorkItem { Id = Sample.Id(), Destination = "x.test", Traceparent = "00-1-2-00", Poisoned = 2 };

        await _stores.Queues.EnqueueAsync(queue, item, CancellationToken.None);

        var message = Assert.Single((await client.PeekMessagesAsync()).Value);
        Assert.Equal(9999, message.ExpiresOn?.Year);
        Assert.Equal(item, Assert.IsType<WorkItemReading.Item>(WorkItem.Read(Convert.FromBase64String(message.MessageText))).Work);
    }

    [Fact]
    public async Task The_age_is_that_of_the_oldest_message_and_zero_without_one()
    {
        var client = _stores.Connection.Queues.GetQueueClient("accepted");
        await client.ClearMessagesAsync();
        Assert.Equal(TimeSpan.Zero, await _stores.Queues.OldestAgeAsync(WorkQueue.Accepted, CancellationToken.None));
        await client.SendMessageAsync("no base64 !"); // somebody else's text must not be in the way
        await _stores.Queues.EnqueueAsync(WorkQueue.Accepted, new WorkItem { Id = Sample.Id() }, CancellationToken.None);
        Assert.Equal(2, await _stores.Queues.CountAsync(WorkQueue.Accepted, CancellationToken.None));

        var limit = TimeProvider.System.GetTimestamp();
        while (await _stores.Queues.OldestAgeAsync(WorkQueue.Accepted, CancellationToken.None) < TimeSpan.FromSeconds(1))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(limit) < TimeSpan.FromSeconds(30), "The oldest message does not grow older.");
            await Task.Delay(100);
        }
    }
}
