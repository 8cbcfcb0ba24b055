// An account without containers: nothing in it may be taken for an answer about mail.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class EmptyAccountTests(AzuriteServer azurite)
{
    [Fact]
    public async Task A_missing_container_is_trouble_and_never_a_finished_message_or_an_absent_account()
    {
        using var stores = Open();
        var id = Sample.Id();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => stores.Spool.OpenAsync(id, CancellationToken.None));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => stores.Spool.ExistsAsync(id, CancellationToken.None));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => stores.Spool.DeleteAsync(id, CancellationToken.None));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Sample.SpoolAsync(stores.Spool, id, Sample.Content(5)));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => stores.Ledgers.ReadAsync(id, CancellationToken.None));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => stores.Mailboxes.BeginAsync(Sample.Account(), id, default, CancellationToken.None));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => stores.Mailboxes.TryLockAsync(Sample.Account(), CancellationToken.None));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await stores.Spool.ListAsync("", CancellationToken.None).ToListAsync());
        await Assert.ThrowsAsync<StoreUnavailableException>(
            async () => await stores.Directory.FindAccountAsync(EmailAddress.Parse("a@b.test"), CancellationToken.None));
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => stores.Queues.EnqueueAsync(WorkQueue.Accepted, new WorkItem { Id = id }, CancellationToken.None));
    }

    [Fact]
    public async Task The_layout_is_created_as_often_as_one_likes()
    {
        using var stores = Open();

        await stores.Layout.CreateAllAsync(CancellationToken.None);
        await Sample.SpoolAsync(stores.Spool, Sample.Id(), Sample.Content(5));
        await stores.Layout.CreateAllAsync(CancellationToken.None);

        var containers = await stores.Connection.Blobs.GetBlobContainersAsync().Select(container => container.Name).ToListAsync();
        Assert.Equal(["destinations", "directory", "due", "keys", "ledger", "mailboxes", "parked", "policies", "spool", "trace"], containers.Order());
        var queues = await stores.Connection.Queues.GetQueuesAsync().Select(queue => queue.Name).ToListAsync();
        Assert.Equal(["accepted", "accepted-poison", "relay", "relay-poison"], queues.Order());
        Assert.Single(await stores.Spool.ListAsync("", CancellationToken.None).ToListAsync());
    }

    private MailStores Open() => MailStores.Open(
        new StorageOptions { Storage = azurite.FreshAccount() }, "Development", new StorageSeams { Jitter = () => 0 });
}
