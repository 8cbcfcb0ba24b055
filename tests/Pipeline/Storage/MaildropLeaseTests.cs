// The lock of a maildrop: one session at a time, and a session knows how long it still has it.
using Azure.Storage.Blobs.Specialized;
using MailFunctions.Mail;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class MaildropLeaseTests(StorageAccount account) : IClassFixture<StorageAccount>, IDisposable
{
    private readonly FakeTime _time = new();
    private readonly EmailAddress _user = Sample.Account();
    private readonly MailStores _stores = account.Open();

    public void Dispose() => _stores.Dispose();

    [Fact]
    public async Task A_maildrop_is_locked_once_and_free_after_the_release()
    {
        var first = await _stores.Mailboxes.TryLockAsync(_user, CancellationToken.None);
        Assert.NotNull(first);

        Assert.Null(await _stores.Mailboxes.TryLockAsync(_user, CancellationToken.None));
        await first.ReleaseAsync(CancellationToken.None);

        Assert.NotNull(await _stores.Mailboxes.TryLockAsync(_user, CancellationToken.None));
    }

    [Fact]
    public async Task Two_users_do_not_lock_each_other_out()
    {
        Assert.NotNull(await _stores.Mailboxes.TryLockAsync(_user, CancellationToken.None));
        Assert.NotNull(await _stores.Mailboxes.TryLockAsync(Sample.Account(), CancellationToken.None));
    }

    [Fact]
    public async Task What_remains_is_counted_by_the_own_clock_and_made_whole_by_a_renewal()
    {
        using var stores = account.Open(_time);
        var lease = await stores.Mailboxes.TryLockAsync(_user, CancellationToken.None);
        Assert.NotNull(lease);
        Assert.Equal(TimeSpan.FromSeconds(60), lease.Remaining);

        _time.Advance(TimeSpan.FromSeconds(45));
        Assert.Equal(TimeSpan.FromSeconds(15), lease.Remaining);
        Assert.True(await lease.RenewAsync(CancellationToken.None));
        Assert.Equal(TimeSpan.FromSeconds(60), lease.Remaining);

        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(TimeSpan.Zero, lease.Remaining);
    }

    [Fact]
    public async Task What_remains_is_counted_from_before_the_call()
    {
        // The answer to the call that takes the lease is ten seconds on its way.
        var user = _user;
        await (await _stores.Mailboxes.TryLockAsync(user, CancellationToken.None))!.ReleaseAsync(CancellationToken.None);
        using var stores = account.Open(_time, new BeforeCall("Lease Blob acquire", () =>
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            return Task.CompletedTask;
        }));

        var lease = await stores.Mailboxes.TryLockAsync(user, CancellationToken.None);

        Assert.Equal(TimeSpan.FromSeconds(55), lease?.Remaining);
    }

    [Fact]
    public async Task A_lease_that_another_took_is_lost_and_its_release_is_quiet()
    {
        var lease = await _stores.Mailboxes.TryLockAsync(_user, CancellationToken.None);
        Assert.NotNull(lease);
        await BreakAsync();
        var other = await _stores.Mailboxes.TryLockAsync(_user, CancellationToken.None);
        Assert.NotNull(other);

        Assert.False(await lease.RenewAsync(CancellationToken.None));
        await lease.ReleaseAsync(CancellationToken.None);

        Assert.True(await other.RenewAsync(CancellationToken.None));
        Assert.Null(await _stores.Mailboxes.TryLockAsync(_user, CancellationToken.None));
    }

    [Fact]
    public async Task A_lease_whose_blob_is_gone_is_lost()
    {
        var lease = await _stores.Mailboxes.TryLockAsync(_user, CancellationToken.None);
        await BreakAsync();
        await Lock().DeleteAsync();

        Assert.False(await lease!.RenewAsync(CancellationToken.None));
        await lease.ReleaseAsync(CancellationToken.None);
    }

    private async Task BreakAsync() => await Lock().GetBlobLeaseClient().BreakAsync(TimeSpan.Zero);

    private BlockBlobClient Lock() =>
        _stores.Connection.Blobs.GetBlobContainerClient(BlobNames.DirectoryContainer).GetBlockBlobClient(BlobNames.Lock(_user));
}
