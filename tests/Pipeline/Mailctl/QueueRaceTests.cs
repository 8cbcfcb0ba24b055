// An operator's change meets workers, other operators and failing storage.
using Azure.Core;
using Azure.Core.Pipeline;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mailctl.Queue;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class QueueRaceTests(AzuriteServer azurite) : IAsyncLifetime
{
    private readonly QueueRig _rig = new(azurite);
    private readonly ChangeLog _log = new("held");

    private static readonly RowChange Hold = new(
        "held", (row, _) => new RowDecision.Replace(row with { State = DestinationState.Held, Claim = null }));

    private static readonly RowChange Retry = new(
        "retried", (row, now) => new RowDecision.Replace(row with { NextAttempt = RowChange.DueAtOnce(now) })) { WakesRelay = true };

    public async ValueTask InitializeAsync() => await _rig.SetUpAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("another destination", "a.test held", "")]
    [InlineData("claims it", "a.test claimed", "under way")]
    [InlineData("finishes it", "gone", "finished meanwhile")]
    public async Task A_change_is_made_again_on_what_a_worker_left(string worker, string after, string told)
    {
        var id = await _rig.AddAsync("a.test due, b.test due", QueueRig.Sender);
        using var racing = Open(new BeforeCall("Put Blob", () => worker switch
        {
            "another destination" => ChangeAsync(id, ledger => ledger.With(ledger.Find("b.test")! with { Recipients = [] })),
            "claims it" => ChangeAsync(id, ledger => ledger.With(ledger.Find("b.test")! with { Recipients = [] })
                .With(ledger.Find("a.test")! with { Claim = new DestinationClaim("w", DateTimeOffset.UtcNow.AddMinutes(1)) })),
            "finishes it" => EndAsync(id),
            _ => throw new InvalidOperationException(worker),
        }));

        await RunAsync(racing, id, Hold);

        Assert.Equal(after, await _rig.StateAsync(id));
        Assert.Equal(told.Length == 0 ? 0 : 1, _log.Refusals.Count);
        Assert.All(_log.Refusals, refusal => Assert.Contains(told, refusal, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_ledger_that_changes_all_the_time_is_given_up()
    {
        var id = await _rig.AddAsync("a.test due", QueueRig.Sender);
        using var racing = Open(new OnEveryPut(() => ChangeAsync(id, ledger => ledger)));

        await RunAsync(racing, id, Hold);

        Assert.Contains("workers keep changing it", Assert.Single(_log.Refusals), StringComparison.Ordinal);
        Assert.Equal("a.test due", await _rig.StateAsync(id));
    }

    [Theory]
    [InlineData(StorageFault.LostAnswer)]
    [InlineData(StorageFault.BusyBefore)]
    [InlineData(StorageFault.BusyAfter)]
    [InlineData(StorageFault.ConnectionReset)]
    public async Task A_fault_at_the_write_of_a_change_changes_nothing(StorageFault fault)
    {
        var id = await _rig.AddAsync("a.test due", QueueRig.Sender);
        var faults = new StorageFaults();
        faults.Break("Put Blob", fault);
        using var faulty = Open(faults);

        await RunAsync(faulty, id, Hold);

        Assert.Equal(1, faults.Injected);
        Assert.Empty(_log.Refusals);
        Assert.Equal("a.test held", await _rig.StateAsync(id));
    }

    [Fact]
    public async Task A_retry_is_an_entry_of_the_index_a_write_and_a_hint_in_this_order()
    {
        var id = await _rig.AddAsync("a.test due", QueueRig.Sender);
        var calls = new StorageCalls();
        using var counted = Open(calls);

        await RunAsync(counted, id, Retry);

        Assert.Equal(["Get Blob", "Put Blob", "Put Blob", "Put Message"], calls.Names);
    }

    // The claim, the spool blob, the ledger, the record of what is parked.
    [Theory]
    [InlineData("Put Blob", 1, "a.test due")]
    [InlineData("Delete Blob", 1, "a.test claimed")]
    [InlineData("Delete Blob", 2, "ledger")]
    [InlineData("Delete Blob", 3, "gone")]
    public async Task A_drop_cut_off_anywhere_leaves_nothing_that_loses_mail_and_can_be_repeated(string call, int nth, string left)
    {
        var id = await _rig.AddAsync("a.test due", QueueRig.Sender);
        await _rig.Stores.Parked.ParkAsync(id, "why", CancellationToken.None);
        var faults = new StorageFaults();
        faults.Break(request => StorageCalls.NameOf(request) == call, StorageFault.BusyBefore, first: nth);
        using var faulty = Open(faults);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => new MessageDrop(faulty, only: null, _log).RunAsync(id, CancellationToken.None));

        if (left == "ledger")
        {
            Assert.False(await _rig.Stores.Spool.ExistsAsync(id, CancellationToken.None));
            Assert.IsType<LedgerReading.Found>(await _rig.Stores.Ledgers.ReadAsync(id, CancellationToken.None));
        }
        else
        {
            Assert.Equal(left, await _rig.StateAsync(id));
        }

        if (left.EndsWith("claimed", StringComparison.Ordinal) || left == "ledger")
            await ChangeAsync(id, ledger => ledger.With(ledger.Destinations[0] with { Claim = null })); // as time does
        await _rig.Person.DoAsync($"queue drop {id} --yes");
        Assert.Equal("gone", await _rig.StateAsync(id));
        Assert.Empty(await _rig.Stores.Parked.ListAsync(CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task A_drop_that_another_worker_forestalls_deletes_nothing()
    {
        var id = await _rig.AddAsync("a.test due", QueueRig.Sender);
        using var racing = Open(new BeforeCall("Put Blob", () => ChangeAsync(id, ledger => ledger.With(
            ledger.Destinations[0] with { Claim = new DestinationClaim("w", DateTimeOffset.UtcNow.AddMinutes(1)) }))));

        await new MessageDrop(racing, only: null, _log).RunAsync(id, CancellationToken.None);

        Assert.Contains("under way", Assert.Single(_log.Refusals), StringComparison.Ordinal);
        Assert.Equal("a.test claimed", await _rig.StateAsync(id));
    }

    private MailStores Open(params HttpPipelinePolicy[] policies) => MailStores.Open(
        new StorageOptions { Storage = _rig.Person.Storage }, "Development", new StorageSeams { Jitter = () => 0, Policies = policies });

    private async Task RunAsync(MailStores stores, SpoolId id, RowChange change) => await new LedgerChange(stores, only: null, change, _log)
        .RunAsync(id, await stores.Ledgers.ReadAsync(id, CancellationToken.None), CancellationToken.None);

    private async Task ChangeAsync(SpoolId id, Func<Ledger, Ledger> change)
    {
        var (ledger, tag) = Assert.IsType<LedgerReading.Found>(await _rig.Stores.Ledgers.ReadAsync(id, CancellationToken.None));
        Assert.NotNull(await _rig.Stores.Ledgers.UpdateAsync(change(ledger), tag, CancellationToken.None));
    }

    private async Task EndAsync(SpoolId id)
    {
        await _rig.Stores.Spool.DeleteAsync(id, CancellationToken.None);
        await _rig.Stores.Ledgers.DeleteAsync(id, CancellationToken.None);
    }

    /// <summary>A rival who is always faster.</summary>
    private sealed class OnEveryPut(Func<Task> action) : HttpPipelinePolicy
    {
        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            if (StorageCalls.NameOf(message.Request) == "Put Blob")
                await action();
            await ProcessNextAsync(message, pipeline);
        }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            throw new NotSupportedException("All calls are asynchronous.");
    }
}
