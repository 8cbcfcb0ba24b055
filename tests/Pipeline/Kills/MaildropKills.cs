// POP3 sessions whose gateway dies or whose lease is taken away, with real gateways over real storage.
using System.Globalization;
using Azure.Storage.Blobs.Specialized;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Rig.Memory;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Kills;

public sealed class MaildropKills(AzuriteServer azurite) : IAsyncLifetime
{
    private const string Password = "open sesame";
    private static readonly EmailAddress Alice = EmailAddress.Parse("alice@example.test");

    private readonly string _account = azurite.FreshAccount();
    private MailStores _stores = null!;

    public async ValueTask InitializeAsync()
    {
        _stores = MailStores.Open(new StorageOptions { Storage = _account }, "Development");
        await _stores.Layout.CreateAllAsync(CancellationToken.None);
        await _stores.Directory.Domains.PutAsync(new LocalDomain(Alice.Domain, DomainKind.Local, Alice), CancellationToken.None);
        await _stores.Directory.Accounts.PutAsync(new Account(Alice, ScramVerifier.Create(Password, iterations: 1)), CancellationToken.None);
    }

    public ValueTask DisposeAsync()
    {
        _stores.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task F28_a_session_whose_lease_went_to_another_gateway_deletes_nothing_at_QUIT_and_says_so()
    {
        await DeliverAsync(4);
        using var first = await GatewayProcess.StartAsync(_account);
        using var second = await GatewayProcess.StartAsync(_account);
        using var stale = await LogInAsync(first);
        await MarkAsync(stale, [1, 2]);
        using (var refused = new GatewaySession(second))
            Assert.StartsWith("-ERR [IN-USE]", await refused.LogInAsync(Alice.ToString(), Password), StringComparison.Ordinal);

        await BreakLeaseAsync(); // as if the first had been frozen for longer than its lease lasts
        using var fresh = await LogInAsync(second);
        Assert.StartsWith("-ERR [SYS/TEMP]", await stale.AskAsync("QUIT"), StringComparison.Ordinal);
        Assert.Equal(4, (await fresh.ListAsync("UIDL")).Count);
        Assert.Equal(4, (await MailboxAsync()).Count);

        // It took nobody's lease away either: the second still deletes under its own.
        await MarkAsync(fresh, [3]);
        Assert.StartsWith("+OK", await fresh.AskAsync("QUIT"), StringComparison.Ordinal);
        Assert.Equal(3, (await MailboxAsync()).Count);
    }

    public static TheoryData<string, int, FaultMoment> Deletions
    {
        get
        {
            var rows = new TheoryData<string, int, FaultMoment>();
            foreach (var number in (int[])[1, 5, 9, 20])
            {
                rows.Add("Delete Blob", number, FaultMoment.Before);
                rows.Add("Delete Blob", number, FaultMoment.After);
                rows.Add("Put Blob", number, FaultMoment.After); // of mail that came just now a tombstone is left
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Deletions))]
    public async Task F29_a_gateway_killed_in_the_UPDATE_state_leaves_each_marked_message_whole_or_gone_and_touches_no_other(
        string call, int number, FaultMoment moment)
    {
        await DeliverAsync(40);
        await using var proxy = await StorageProxy.StartAsync(_account);
        if (call == "Delete Blob")
            proxy.Ahead = TimeSpan.FromMinutes(20);
        using var gateway = await GatewayProcess.StartAsync(proxy.ConnectionString);
        var before = await MailboxAsync();
        using var session = await LogInAsync(gateway);
        var marked = Enumerable.Range(0, 20).Select(index => 2 * index + 1).ToArray();
        await MarkAsync(session, marked);
        var seen = 0;
        proxy.Plan((_, name) => name == call && ++seen == number, moment, gateway.KillAsync);

        Assert.Null(await session.AskAsync("QUIT"));

        Assert.True(proxy.HasStruck);
        await proxy.SettleAsync();
        var after = await MailboxAsync();
        Assert.Empty(after.Except(before));
        var gone = before.Except(after).Select(id => before.IndexOf(id) + 1).ToList();
        Assert.Empty(gone.Except(marked));
        // Eight are deleted at a time: all of the rounds before are, and of later ones none.
        var rounds = (number - 1) / 8 * 8;
        Assert.InRange(gone.Count, moment == FaultMoment.After ? rounds + 1 : rounds, Math.Min(rounds + 8, 20));

        await BreakLeaseAsync();
        using var second = await GatewayProcess.StartAsync(_account);
        using var next = await LogInAsync(second);
        Assert.Equal(after.Select(id => id.Text), (await next.ListAsync("UIDL")).Select(line => line.Split(' ')[1]));
        for (var message = 1; message <= after.Count; message++)
            Assert.Contains($"body of {before.IndexOf(after[message - 1])}", await next.ListAsync(string.Create(CultureInfo.InvariantCulture, $"RETR {message}")));
    }

    [Fact]
    public async Task F30_mail_that_comes_during_a_session_belongs_to_the_next_and_no_unique_id_changes()
    {
        await DeliverAsync(3);
        using var first = await GatewayProcess.StartAsync(_account);
        using var second = await GatewayProcess.StartAsync(_account);
        using var session = await LogInAsync(first);
        var (stat, list, ids) = (await session.AskAsync("STAT"), await session.ListAsync("LIST"), await session.ListAsync("UIDL"));

        await DeliverAsync(2);

        Assert.Equal(stat, await session.AskAsync("STAT"));
        Assert.Equal(list, await session.ListAsync("LIST"));
        Assert.Equal(ids, await session.ListAsync("UIDL"));
        Assert.StartsWith("-ERR", await session.AskAsync("RETR 4"), StringComparison.Ordinal);
        await MarkAsync(session, [2]);
        Assert.StartsWith("+OK", await session.AskAsync("QUIT"), StringComparison.Ordinal);

        using var next = await LogInAsync(second);
        var later = (await next.ListAsync("UIDL")).Select(line => line.Split(' ')[1]).ToList();
        Assert.Equal(4, later.Count);
        Assert.Equal([ids[0].Split(' ')[1], ids[2].Split(' ')[1]], later.Take(2));
    }

    private async Task DeliverAsync(int count)
    {
        for (var number = 0; number < count; number++)
        {
            await _stores.Mailboxes.DeliverAsync(
                Alice, SpoolId.New(TimeProvider.System), default, System.Text.Encoding.ASCII.GetBytes($"Subject: x\r\n\r\nbody of {number}\r\n"), CancellationToken.None);
        }
    }

    private async Task<List<SpoolId>> MailboxAsync() =>
        [.. (await _stores.Mailboxes.ListAsync(Alice, CancellationToken.None).ToListAsync()).Where(entry => !entry.IsTombstone).Select(entry => entry.Uid)];

    private static async Task<GatewaySession> LogInAsync(GatewayProcess gateway)
    {
        var session = new GatewaySession(gateway);
        Assert.StartsWith("+OK", await session.LogInAsync(Alice.ToString(), Password), StringComparison.Ordinal);
        return session;
    }

    private static async Task MarkAsync(GatewaySession session, int[] numbers)
    {
        foreach (var number in numbers)
            Assert.StartsWith("+OK", await session.AskAsync(string.Create(CultureInfo.InvariantCulture, $"DELE {number}")), StringComparison.Ordinal);
    }

    private async Task BreakLeaseAsync() => await _stores.Connection.Blobs.GetBlobContainerClient(BlobNames.DirectoryContainer)
        .GetBlobClient(BlobNames.Lock(Alice)).GetBlobLeaseClient().BreakAsync(TimeSpan.Zero);
}
