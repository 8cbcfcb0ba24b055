// Every write, with its answer lost, refused before and refused after: the result is that of a day without faults.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class LostAnswerTests(StorageAccount account) : IClassFixture<StorageAccount>
{
    private static readonly byte[] Head = "Return-Path: <>\r\n"u8.ToArray();
    private static readonly DateTimeOffset Past = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What a write does: prepares, then runs under faults and gives its result, then tells what is stored.</summary>
    private sealed record Write(
        Func<MailStores, Task> Prepare, Func<MailStores, Task<object?>> Run, object? Result, Func<MailStores, Task<object?>> Stored, object? Expected);

    // The write, and the call that is broken.
    private static readonly (string Write, string Call)[] Writes =
    [
        ("spool one block", "Put Blob"), ("spool two blocks", "Put Block"), ("spool two blocks", "Put Block List"), ("unspool", "Delete Blob"),
        ("deliver", "Put Blob"), ("deliver again", "Put Blob"), ("upload", "Put Block"), ("upload", "Put Block List"), ("bury", "Put Blob"),
        ("remove copy", "Delete Blob"), ("create ledger", "Put Blob"), ("create ledger again", "Put Blob"), ("delete ledger", "Delete Blob"),
        ("claim", "Put Blob"), ("open breaker", "Put Blob"), ("open breaker again", "Put Blob"), ("keep breaker open", "Put Blob"),
        ("close breaker", "Delete Blob"), ("spool again", "Put Blob"), ("spool again in blocks", "Put Block List"), ("spool over a mark", "Put Blob"),
        ("leave mark", "Put Blob"), ("add due", "Put Blob"), ("delete due", "Delete Blob"), ("park", "Put Blob"), ("add account", "Put Blob"), ("add account again", "Put Blob"),
        ("change account", "Put Blob"), ("remove account", "Delete Blob"), ("put alias", "Put Blob"), ("lock", "Lease Blob acquire"),
        ("lock first", "Put Blob"), ("renew", "Lease Blob renew"), ("release", "Lease Blob release"),
    ];

    public static TheoryData<string, string, StorageFault> Rows()
    {
        var rows = new TheoryData<string, string, StorageFault>();
        foreach (var (write, call) in Writes)
        {
            foreach (var fault in Enum.GetValues<StorageFault>())
                rows.Add(write, call, fault);
        }
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_fault_changes_nothing(string name, string call, StorageFault fault)
    {
        var write = Make(name);
        using var plain = account.Open();
        await write.Prepare(plain);
        var faults = new StorageFaults();
        var calls = new StorageCalls();
        using var faulty = account.Open(calls, faults);
        faults.Break(call, fault);

        var result = await write.Run(faulty);

        Assert.Equal(1, faults.Injected);
        Assert.True(calls.Names.Count(made => made == call) > 1, "The broken call was not repeated.");
        Assert.Equal(write.Result, result);
        Assert.Equal(write.Expected, await write.Stored(plain));
    }

    [Theory]
    [InlineData(StorageFault.LostAnswer, 2)] // what cannot be known is done again: a queue message is a hint
    [InlineData(StorageFault.BusyAfter, 2)]
    [InlineData(StorageFault.BusyBefore, 1)]
    [InlineData(StorageFault.ConnectionReset, 1)]
    public async Task A_queue_message_is_there_at_least_once(StorageFault fault, int copies)
    {
        var faults = new StorageFaults();
        using var stores = account.Open(faults);
        await stores.Connection.Queues.GetQueueClient("relay").ClearMessagesAsync();
        faults.Break("Put Message", fault);

        await stores.Queues.EnqueueAsync(WorkQueue.Relay, new WorkItem { Id = Sample.Id(), Destination = "x.test" }, CancellationToken.None);

        Assert.Equal(copies, await stores.Queues.CountAsync(WorkQueue.Relay, CancellationToken.None));
    }

    [Fact]
    public async Task A_change_lost_to_another_operator_is_made_anew_and_not_taken_for_ours()
    {
        var address = Sample.Account();
        using var plain = account.Open();
        await plain.Directory.Accounts.AddAsync(NewAccount(address), CancellationToken.None);
        var faults = new StorageFaults();
        faults.Break("Put Blob", StorageFault.BusyBefore);
        using var faulty = account.Open(faults, new BeforeCall("Put Blob", () => plain.Directory.Accounts.ChangeAsync(
            address, found => found with { RemovedAt = Past }, CancellationToken.None)));
        var runs = 0;

        var changed = await faulty.Directory.Accounts.ChangeAsync(address, found =>
        {
            runs++;
            return found with { Verifier = found.Verifier with { Iterations = 4711 } };
        }, CancellationToken.None);

        Assert.Equal(2, runs);
        Assert.Equal((Past, 4711), (changed?.RemovedAt, changed?.Verifier.Iterations));
    }

    [Fact]
    public async Task A_copy_that_another_worker_made_meanwhile_is_not_taken_for_ours()
    {
        var (user, id) = (Sample.Account(), Sample.Id());
        using var plain = account.Open();
        var faults = new StorageFaults();
        faults.Break("Put Blob", StorageFault.BusyBefore);
        using var faulty = account.Open(faults, new BeforeCall("Put Blob", () => DeliverAsync(plain, user, id)));

        Assert.False(await DeliverAsync(faulty, user, id));
        Assert.Equal("Return-Path: <>\r\nbody", await ReadCopy(user, id)(plain));
    }

    [Theory]
    [InlineData(100, "Put Blob")]
    [InlineData(Sample.Block + 100, "Put Block List")]
    public async Task A_message_that_another_writer_committed_meanwhile_is_not_taken_for_ours(int length, string call)
    {
        var id = Sample.Id();
        using var plain = account.Open();
        var faults = new StorageFaults();
        faults.Break(call, StorageFault.BusyBefore);
        using var faulty = account.Open(faults, new BeforeCall(call, () => Sample.SpoolAsync(plain.Spool, id, Sample.Content(length + 7))));

        Assert.False(await Sample.SpoolAsync(faulty.Spool, id, Sample.Content(length)));

        await using var reader = (await Sample.OpenAsync(plain.Spool, id)).Reader;
        Assert.Equal(Sample.Traced(Sample.Content(length + 7)), await Sample.ReadAsync(reader));
    }

    private static Write Make(string name)
    {
        var id = Sample.Id();
        var user = Sample.Account();
        var mailbox = (MailStores stores) => stores.Mailboxes.ListAsync(user, CancellationToken.None);
        return name switch
        {
            "spool one block" => Spooling(id, 3000),
            "spool two blocks" => Spooling(id, Sample.Block + 3000),
            "unspool" => new(
                stores => Sample.SpoolAsync(stores.Spool, id, Sample.Content(5)), Done(stores => stores.Spool.DeleteAsync(id, CancellationToken.None)), null,
                async stores => await stores.Spool.ExistsAsync(id, CancellationToken.None), false),
            "deliver" => new(Nothing, async stores => await DeliverAsync(stores, user, id), true, ReadCopy(user, id), "Return-Path: <>\r\nbody"),
            "deliver again" => new(
                stores => DeliverAsync(stores, user, id), async stores => await DeliverAsync(stores, user, id), false,
                ReadCopy(user, id), "Return-Path: <>\r\nbody"),
            "upload" => new(Nothing, Done(stores => UploadAsync(stores, user, id)), null, ReadCopy(user, id), "Return-Path: <>\r\nbodyend"),
            "bury" => new(
                stores => DeliverAsync(stores, user, id), Done(stores => stores.Mailboxes.BuryAsync(user, id, CancellationToken.None)), null,
                async stores => (await mailbox(stores).SingleAsync()).IsTombstone, true),
            "remove copy" => new(
                stores => DeliverAsync(stores, user, id), Done(stores => stores.Mailboxes.DeleteAsync(user, id, CancellationToken.None)), null,
                async stores => await mailbox(stores).CountAsync(), 0),
            "create ledger" => new(Nothing, CreateLedger(id), true, ReadLedger(id), "x.test"),
            "create ledger again" => new(stores => CreateLedger(id)(stores), CreateLedger(id), false, ReadLedger(id), "x.test"),
            "delete ledger" => new(
                stores => CreateLedger(id)(stores), Done(stores => stores.Ledgers.DeleteAsync(id, CancellationToken.None)), null, ReadLedger(id), null),
            "claim" => new(stores => CreateLedger(id)(stores), Claim(id), true, ReadClaim(id), "claimer"),
            "open breaker" => new(Nothing, OpenBreaker(id, 1), true, ReadBreaker(id), 1),
            "open breaker again" => new(stores => OpenBreaker(id, 1)(stores), OpenBreaker(id, 2), false, ReadBreaker(id), 1),
            "keep breaker open" => new(stores => OpenBreaker(id, 1)(stores), KeepBreakerOpen(id), true, ReadBreaker(id), 2),
            "close breaker" => new(
                stores => OpenBreaker(id, 1)(stores), Done(stores => stores.Destinations.CloseAsync(id.Text, CancellationToken.None)), null,
                ReadBreaker(id), null),
            "spool again" => new(stores => Spool(id, 9)(stores), Spool(id, 3000), false, ReadSpooled(id), Spooled(9)),
            "spool again in blocks" => new(stores => Spool(id, 9)(stores), Spool(id, Sample.Block + 9), false, ReadSpooled(id), Spooled(9)),
            "spool over a mark" => new(
                stores => stores.Spool.LeaveMarkAsync(id, CancellationToken.None), Spool(id, 3000), false,
                async stores => await stores.Spool.ExistsAsync(id, CancellationToken.None), false),
            "leave mark" => new(
                stores => Spool(id, 9)(stores), Done(stores => stores.Spool.LeaveMarkAsync(id, CancellationToken.None)),
                null, async stores => (await stores.Spool.ListAsync(id.Text, CancellationToken.None).SingleAsync()).Length, 0L),
            "add due" => new(Nothing, Done(stores => stores.Due.AddAsync(Due(id), CancellationToken.None)), null, ReadDue(id), 3),
            "delete due" => new(
                stores => stores.Due.AddAsync(Due(id), CancellationToken.None), Done(stores => stores.Due.DeleteAsync(Due(id), CancellationToken.None)), null,
                ReadDue(id), null),
            "park" => new(
                Nothing, Done(stores => stores.Parked.ParkAsync(id, "why", CancellationToken.None)), null,
                async stores => await stores.Parked.ListAsync(CancellationToken.None).CountAsync(parked => parked == id.Text), 1),
            "add account" => new(Nothing, AddAccount(user), true, ReadAccount(user), 4096),
            "add account again" => new(stores => AddAccount(user)(stores), AddAccount(user), false, ReadAccount(user), 4096),
            "change account" => new(
                stores => AddAccount(user)(stores),
                async stores => (await stores.Directory.Accounts.ChangeAsync(
                    user, found => found with { Verifier = found.Verifier with { Iterations = found.Verifier.Iterations + 1 } }, CancellationToken.None))
                    ?.Verifier.Iterations,
                4097, ReadAccount(user), 4097),
            "remove account" => new(
                stores => AddAccount(user)(stores), async stores => await stores.Directory.Accounts.RemoveAsync(user, CancellationToken.None), true,
                ReadAccount(user), null),
            "put alias" => new(
                Nothing, Done(stores => stores.Directory.Aliases.PutAsync(new Alias(AliasName.Of(user), [user]), CancellationToken.None)), null,
                async stores => (await stores.Directory.FindAliasAsync(AliasName.Of(user), CancellationToken.None))?.Targets.Count, 1),
            "lock" => new(stores => LockAndReleaseAsync(stores, user), async stores => await LockAsync(stores, user) is not null, true, IsLocked(user), true),
            "lock first" => new(Nothing, async stores => await LockAsync(stores, user) is not null, true, IsLocked(user), true),
            "renew" => new(
                stores => LockAndReleaseAsync(stores, user),
                async stores => await (await LockAsync(stores, user))!.RenewAsync(CancellationToken.None), true, IsLocked(user), true),
            "release" => new(
                stores => LockAndReleaseAsync(stores, user), Done(stores => LockAndReleaseAsync(stores, user)), null, IsLocked(user), false),
            _ => throw new InvalidOperationException(name),
        };
    }

    private static Write Spooling(SpoolId id, int length) => new(Nothing, Spool(id, length), true, ReadSpooled(id), Spooled(length));

    private static Func<MailStores, Task<object?>> Spool(SpoolId id, int length) =>
        async stores => await Sample.SpoolAsync(stores.Spool, id, Sample.Content(length));

    private static string Spooled(int length) => Convert.ToBase64String(Sample.Traced(Sample.Content(length)));

    private static Func<MailStores, Task<object?>> ReadSpooled(SpoolId id) => async stores =>
    {
        await using var reader = (await Sample.OpenAsync(stores.Spool, id)).Reader;
        return Convert.ToBase64String(await Sample.ReadAsync(reader));
    };

    private static Task Nothing(MailStores stores) => Task.CompletedTask;

    private static Func<MailStores, Task<object?>> Done(Func<MailStores, Task> run) => async stores =>
    {
        await run(stores);
        return null;
    };

    private static Task<bool> DeliverAsync(MailStores stores, EmailAddress user, SpoolId id) =>
        stores.Mailboxes.DeliverAsync(user, id, Head, "body"u8.ToArray(), CancellationToken.None);

    private static async Task UploadAsync(MailStores stores, EmailAddress user, SpoolId id)
    {
        var upload = await stores.Mailboxes.BeginAsync(user, id, Head, CancellationToken.None);
        Assert.NotNull(upload);
        await upload.WriteAsync("body"u8.ToArray(), last: false, CancellationToken.None);
        await upload.WriteAsync("end"u8.ToArray(), last: true, CancellationToken.None);
    }

    private static Func<MailStores, Task<object?>> ReadCopy(EmailAddress user, SpoolId id) => async stores =>
    {
        Assert.Equal(id, (await stores.Mailboxes.ListAsync(user, CancellationToken.None).SingleAsync()).Uid);
        await using var copy = await stores.Mailboxes.OpenAsync(user, id, CancellationToken.None);
        return System.Text.Encoding.ASCII.GetString(await Sample.ReadAsync(copy!));
    };

    private static Func<MailStores, Task<object?>> CreateLedger(SpoolId id) => async stores => await stores.Ledgers.CreateAsync(
        new Ledger(id, null, Past, [new LedgerDestination("x.test", DestinationState.Due, [Sample.Recipient("a@x.test")])]), CancellationToken.None);

    private static Func<MailStores, Task<object?>> ReadLedger(SpoolId id) => async stores =>
        (await stores.Ledgers.ReadAsync(id, CancellationToken.None) as LedgerReading.Found)?.Ledger.Destinations.Single().Name;

    private static Func<MailStores, Task<object?>> Claim(SpoolId id) => async stores =>
    {
        var (ledger, tag) = Assert.IsType<LedgerReading.Found>(await stores.Ledgers.ReadAsync(id, CancellationToken.None));
        var claimed = ledger.With(ledger.Destinations[0] with { Claim = new DestinationClaim("claimer", Past) });
        return await stores.Ledgers.UpdateAsync(claimed, tag, CancellationToken.None) is { } next
            && await stores.Ledgers.ReadAsync(id, CancellationToken.None) is LedgerReading.Found found && found.Tag == next;
    };

    private static Func<MailStores, Task<object?>> ReadClaim(SpoolId id) => async stores =>
        (await stores.Ledgers.ReadAsync(id, CancellationToken.None) as LedgerReading.Found)?.Ledger.Destinations.Single().Claim?.Holder;

    private static Func<MailStores, Task<object?>> OpenBreaker(SpoolId id, int failures) => async stores =>
        await stores.Destinations.OpenAsync(id.Text, Past, failures, null, CancellationToken.None) is { } tag && tag == (await FindBreakerAsync(stores, id))?.Tag;

    private static Func<MailStores, Task<object?>> KeepBreakerOpen(SpoolId id) => async stores =>
        await stores.Destinations.OpenAsync(id.Text, Past, 2, (await FindBreakerAsync(stores, id))?.Tag, CancellationToken.None) is { } tag
        && tag == (await FindBreakerAsync(stores, id))?.Tag;

    private static Func<MailStores, Task<object?>> ReadBreaker(SpoolId id) => async stores => (await FindBreakerAsync(stores, id))?.Failures;

    private static ValueTask<OpenBreaker?> FindBreakerAsync(MailStores stores, SpoolId id) =>
        stores.Destinations.ListAsync(CancellationToken.None).SingleOrDefaultAsync(breaker => breaker.Destination == id.Text);

    private static DueEntry Due(SpoolId id) => new(Past, id, "x.test", 3);

    private static Func<MailStores, Task<object?>> ReadDue(SpoolId id) => async stores =>
        (await stores.Due.ListDueAsync(CancellationToken.None).SingleOrDefaultAsync(entry => entry.Id == id))?.Poisoned;

    private static Account NewAccount(EmailAddress address) => new(address, ScramVerifier.Create("secret", 4096));

    private static Func<MailStores, Task<object?>> AddAccount(EmailAddress user) =>
        async stores => await stores.Directory.Accounts.AddAsync(NewAccount(user), CancellationToken.None);

    private static Func<MailStores, Task<object?>> ReadAccount(EmailAddress user) =>
        async stores => (await stores.Directory.FindAccountAsync(user, CancellationToken.None))?.Verifier.Iterations;

    private static Task<IMaildropLease?> LockAsync(MailStores stores, EmailAddress user) => stores.Mailboxes.TryLockAsync(user, CancellationToken.None);

    private static async Task LockAndReleaseAsync(MailStores stores, EmailAddress user) =>
        await (await LockAsync(stores, user))!.ReleaseAsync(CancellationToken.None);

    private static Func<MailStores, Task<object?>> IsLocked(EmailAddress user) => async stores => await LockAsync(stores, user) is null;
}
