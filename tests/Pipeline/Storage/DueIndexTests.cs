// The index by time: what is due comes first, and what is not costs nothing.
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class DueIndexTests(AzuriteServer azurite)
{
    [Fact]
    public async Task What_is_due_is_listed_earliest_first_and_nothing_else()
    {
        using var stores = await OpenAsync();
        var now = DateTimeOffset.UtcNow;
        DueEntry[] entries =
        [
            Entry(now.AddDays(-400), "x.test", 0), Entry(now.AddHours(-2), null, 2), Entry(now.AddHours(-1), "route", 0), Entry(now.AddSeconds(-5), "report", 9),
        ];
        foreach (var entry in entries.Reverse().Append(Entry(now.AddMinutes(1), "x.test", 0)).Append(Entry(now.AddDays(5), null, 0)))
            await stores.Due.AddAsync(entry, CancellationToken.None);
        await stores.Due.AddAsync(entries[0], CancellationToken.None);

        Assert.Equal(entries, await stores.Due.ListDueAsync(CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task A_due_entry_that_is_deleted_is_gone()
    {
        using var stores = await OpenAsync();
        var entry = Entry(DateTimeOffset.UtcNow.AddHours(-1), "x.test", 3);
        await stores.Due.AddAsync(entry, CancellationToken.None);

        await stores.Due.DeleteAsync(entry, CancellationToken.None);
        await stores.Due.DeleteAsync(entry, CancellationToken.None);

        Assert.Empty(await stores.Due.ListDueAsync(CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task With_nothing_due_the_list_is_one_call_however_many_wait()
    {
        var calls = new StorageCalls();
        using var stores = await OpenAsync(calls);
        var later = DateTimeOffset.UtcNow.AddHours(1);
        await Task.WhenAll(Enumerable.Range(0, 1100).Select(n => stores.Due.AddAsync(Entry(later.AddMilliseconds(n), "x.test", 0), CancellationToken.None)));
        calls.Clear();

        Assert.Empty(await stores.Due.ListDueAsync(CancellationToken.None).ToListAsync());

        Assert.Equal(["List Blobs"], calls.Names);
    }

    [Fact]
    public async Task What_is_due_is_decided_by_the_services_clock()
    {
        // This machine's clock is years behind; the list's own answer brings the time.
        var account = azurite.FreshAccount();
        using var other = Open(account, TimeProvider.System);
        await other.Layout.CreateAllAsync(CancellationToken.None);
        await other.Due.AddAsync(Entry(DateTimeOffset.UtcNow.AddMinutes(-1), "x.test", 0), CancellationToken.None);
        using var behind = Open(account, new FakeTime(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero)));

        Assert.Single(await behind.Due.ListDueAsync(CancellationToken.None).ToListAsync());
    }

    private static DueEntry Entry(DateTimeOffset time, string? destination, int poisoned) =>
        new(DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds()), Sample.Id(), destination, poisoned);

    private async Task<MailStores> OpenAsync(params StorageCalls[] calls)
    {
        var stores = Open(azurite.FreshAccount(), TimeProvider.System, calls);
        await stores.Layout.CreateAllAsync(CancellationToken.None);
        return stores;
    }

    private static MailStores Open(string account, TimeProvider clock, params StorageCalls[] calls) => MailStores.Open(
        new StorageOptions { Storage = account }, "Development", new StorageSeams { Clock = clock, Jitter = () => 0, Policies = calls });
}
