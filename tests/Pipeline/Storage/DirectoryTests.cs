// The directory: what is cached for how long, what one call serves, and what is never taken for absent.
using System.Text;
using Azure.Storage.Blobs.Specialized;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class DirectoryTests : IClassFixture<StorageAccount>, IDisposable
{
    private static readonly DomainName Domain = DomainName.Parse("example.test");

    private readonly FakeTime _time = new();
    private readonly StorageCalls _calls = new();
    private readonly StorageFaults _faults = new();
    private readonly EmailAddress _user = Sample.Account();
    private readonly StorageAccount _account;
    private readonly MailStores _reader;
    private readonly MailStores _operator;

    public DirectoryTests(StorageAccount account)
    {
        _account = account;
        _reader = account.Open(_time, _calls, _faults);
        _operator = account.Open();
    }

    public void Dispose()
    {
        _reader.Dispose();
        _operator.Dispose();
    }

    [Fact]
    public async Task What_is_stored_comes_back()
    {
        var domain = new LocalDomain(Domain, DomainKind.RelayFor, EmailAddress.Parse("Post@example.test"));
        var account = NewAccount(_user) with { RemovedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) };
        var alias = new Alias(AliasName.CatchAll(Domain), [_user, EmailAddress.Parse("\"a b\"@else.test")]);
        var quoted = new Alias(AliasName.Of(EmailAddress.Parse("\"Sales Team\"@example.test")), [_user]);
        await _operator.Directory.Domains.PutAsync(domain, CancellationToken.None);
        Assert.True(await _operator.Directory.Accounts.AddAsync(account, CancellationToken.None));
        await _operator.Directory.Aliases.PutAsync(alias, CancellationToken.None);
        await _operator.Directory.Aliases.PutAsync(quoted, CancellationToken.None);

        Assert.Equal(domain, await _reader.Directory.FindDomainAsync(Domain, CancellationToken.None));
        var found = await _reader.Directory.FindAccountAsync(EmailAddress.Parse(_user.ToString().ToUpperInvariant()), CancellationToken.None);
        Assert.Equal((account.Address, account.RemovedAt), (found?.Address, found?.RemovedAt));
        Assert.True(found!.Verifier.Verify("secret"u8));
        Assert.Equal(alias.Targets, (await _reader.Directory.FindAliasAsync(alias.Name, CancellationToken.None))?.Targets);
        Assert.Equal(quoted.Name, (await _reader.Directory.FindAliasAsync(quoted.Name, CancellationToken.None))?.Name);
        Assert.Contains(domain, await _operator.Directory.Domains.ListAsync(CancellationToken.None).ToListAsync());
        Assert.Contains(await _operator.Directory.Accounts.ListAsync(CancellationToken.None).ToListAsync(), listed => listed.Address == _user);
        Assert.Equal(2, await _operator.Directory.Aliases.ListAsync(CancellationToken.None).CountAsync());
    }

    [Fact]
    public async Task A_record_is_fresh_for_a_minute_and_then_asked_for_by_its_tag()
    {
        await AddAsync(_user);
        await FindAsync();
        _time.Advance(TimeSpan.FromSeconds(59));
        await FindAsync();
        Assert.Equal(["Get Blob"], _calls.Names);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await FindAsync());
        Assert.Equal(["Get Blob", "Get Blob"], _calls.Names);

        _time.Advance(TimeSpan.FromSeconds(59)); // "not modified" made it fresh again
        Assert.NotNull(await FindAsync());
        Assert.Equal(2, _calls.Names.Count);
    }

    [Fact]
    public async Task A_change_is_seen_after_a_minute()
    {
        await AddAsync(_user);
        await FindAsync();
        var removed = new DateTimeOffset(2026, 5, 5, 0, 0, 0, TimeSpan.Zero);
        await _operator.Directory.Accounts.ChangeAsync(_user, found => found with { RemovedAt = removed }, CancellationToken.None);

        Assert.Null((await FindAsync())?.RemovedAt);
        _time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(removed, (await FindAsync())?.RemovedAt);
    }

    [Fact]
    public async Task What_is_absent_is_remembered_for_a_minute_and_no_longer()
    {
        Assert.Null(await FindAsync());
        await AddAsync(_user);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Null(await FindAsync());
        Assert.Single(_calls.Names);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.NotNull(await FindAsync());
    }

    [Fact]
    public async Task What_is_removed_is_absent_after_a_minute()
    {
        await AddAsync(_user);
        await FindAsync();
        Assert.True(await _operator.Directory.Accounts.RemoveAsync(_user, CancellationToken.None));
        Assert.False(await _operator.Directory.Accounts.RemoveAsync(_user, CancellationToken.None));

        _time.Advance(TimeSpan.FromSeconds(60));

        Assert.Null(await FindAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_directory_that_cannot_be_reached_gives_no_answer_that_is_older_than_a_minute(bool exists)
    {
        if (exists)
            await AddAsync(_user);
        await FindAsync();
        _faults.Break(_ => true, StorageFault.ConnectionReset);

        Assert.Equal(exists, await FindAsync() is not null);
        _time.Advance(TimeSpan.FromSeconds(60));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _time.RunAsync(FindAsync()));
        _faults.Stop();

        Assert.Equal(exists, await FindAsync() is not null);
    }

    [Fact]
    public async Task Many_who_ask_at_once_share_one_call()
    {
        await AddAsync(_user);
        var go = new TaskCompletionSource();
        using var reader = Open(new BeforeCall("Get Blob", () => go.Task));

        var asked = Enumerable.Range(0, 50).Select(_ => reader.Directory.FindAccountAsync(_user, CancellationToken.None).AsTask()).ToArray();
        go.SetResult();

        Assert.All(await Task.WhenAll(asked), Assert.NotNull);
        Assert.Single(_calls.Names);
    }

    [Fact]
    public async Task One_who_gives_up_does_not_spoil_it_for_the_others()
    {
        await AddAsync(_user);
        var go = new TaskCompletionSource();
        using var reader = Open(new BeforeCall("Get Blob", () => go.Task));
        using var cancel = new CancellationTokenSource();

        var impatient = reader.Directory.FindAccountAsync(_user, cancel.Token).AsTask();
        var patient = reader.Directory.FindAccountAsync(_user, CancellationToken.None).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        go.SetResult();

        Assert.NotNull(await patient);
    }

    [Fact]
    public async Task An_own_change_is_seen_at_once()
    {
        Assert.Null(await FindAsync());
        await _reader.Directory.Accounts.AddAsync(NewAccount(_user), CancellationToken.None);
        Assert.NotNull(await FindAsync());
    }

    [Theory]
    [InlineData("""{"v":2,"address":"x"}""")]
    [InlineData("""{"address":"a@b.test"}""")]
    [InlineData("""{"v":1,"address":"not an address"}""")]
    [InlineData("""{"v":1}""")]
    [InlineData("not JSON")]
    [InlineData("")]
    public async Task A_record_that_cannot_be_understood_is_trouble_and_not_absent(string record)
    {
        await _operator.Connection.Blobs.GetBlobContainerClient(BlobNames.DirectoryContainer)
            .GetBlockBlobClient(BlobNames.Account(_user)).UploadAsync(new MemoryStream(Encoding.UTF8.GetBytes(record)));

        await Assert.ThrowsAsync<StoreUnavailableException>(FindAsync);
        await _operator.Directory.Accounts.RemoveAsync(_user, CancellationToken.None);
    }

    [Fact]
    public async Task Operators_who_race_for_a_name_get_one_account_and_both_changes()
    {
        var added = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _operator.Directory.Accounts.AddAsync(NewAccount(_user), CancellationToken.None)));
        Assert.Equal(1, added.Count(won => won));

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _operator.Directory.Accounts.ChangeAsync(
            _user, found => found with { Verifier = found.Verifier with { Iterations = found.Verifier.Iterations + 1 } }, CancellationToken.None)));

        Assert.Equal(4096 + 5, (await FindAsync())?.Verifier.Iterations);
        Assert.Null(await _operator.Directory.Accounts.ChangeAsync(Sample.Account(), found => found, CancellationToken.None));
    }

    [Fact]
    public async Task The_cache_is_bounded()
    {
        var cache = new DirectoryCache<string>(
            (name, _) => Task.FromResult(new DirectoryCache<string>.Entry(name, null, _time.GetTimestamp())), _time, capacity: 100);

        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal($"{i}", await cache.GetAsync($"{i}", CancellationToken.None));
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.InRange(cache.Count, 1, 100);
        }
    }

    private MailStores Open(BeforeCall before) => _account.Open(_time, _calls, before);

    private Task<Account?> FindAsync() => _reader.Directory.FindAccountAsync(_user, CancellationToken.None).AsTask();

    private Task<bool> AddAsync(EmailAddress address) => _operator.Directory.Accounts.AddAsync(NewAccount(address), CancellationToken.None);

    private static Account NewAccount(EmailAddress address) => new(address, ScramVerifier.Create("secret", 4096));
}
