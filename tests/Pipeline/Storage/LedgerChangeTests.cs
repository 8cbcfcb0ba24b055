// Ledgers change by compare-and-swap only, and the list shows when something is to be done next.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class LedgerChangeTests(StorageAccount account) : IClassFixture<StorageAccount>, IDisposable
{
    private static readonly DateTimeOffset Time = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(1);

    private readonly MailStores _stores = account.Open();
    private readonly SpoolId _id = Sample.Id();

    public void Dispose() => _stores.Dispose();

    [Fact]
    public async Task A_change_is_stored_and_its_tag_allows_the_next_one()
    {
        var found = await CreateAsync();

        var second = await ChangeAsync(found, attempts: 1, found.Tag);
        Assert.NotNull(second);
        Assert.NotEqual(found.Tag, second);
        Assert.Equal((1, second), (await ReadAsync() is var read ? (read.Ledger.Destinations[0].Attempts, read.Tag) : default));

        Assert.NotNull(await ChangeAsync(found, attempts: 2, second));
        Assert.Equal(2, (await ReadAsync()).Ledger.Destinations[0].Attempts);
    }

    [Fact]
    public async Task Of_two_writers_one_loses_and_changes_nothing()
    {
        var found = await CreateAsync();

        Assert.NotNull(await ChangeAsync(found, attempts: 1, found.Tag));
        Assert.Null(await ChangeAsync(found, attempts: 2, found.Tag));

        Assert.Equal(1, (await ReadAsync()).Ledger.Destinations[0].Attempts);
    }

    [Fact]
    public async Task Of_many_writers_at_once_one_wins()
    {
        var found = await CreateAsync();

        var tags = await Task.WhenAll(Enumerable.Range(1, 8).Select(attempts => ChangeAsync(found, attempts, found.Tag)));

        var winner = Assert.Single(tags, tag => tag is not null);
        var read = await ReadAsync();
        Assert.Equal((winner, Array.IndexOf(tags, winner) + 1), (read.Tag, read.Ledger.Destinations[0].Attempts));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // made anew: not the ledger that was read
    public async Task A_ledger_that_was_deleted_stays_deleted(bool madeAnew)
    {
        var found = await CreateAsync();
        await _stores.Ledgers.DeleteAsync(_id, CancellationToken.None);
        if (madeAnew)
            await _stores.Ledgers.CreateAsync(Make(Due("x.test", Time)), CancellationToken.None);

        Assert.Null(await ChangeAsync(found, attempts: 1, found.Tag));

        if (madeAnew)
            Assert.Equal(0, (await ReadAsync()).Ledger.Destinations[0].Attempts);
        else
            Assert.IsType<LedgerReading.Missing>(await _stores.Ledgers.ReadAsync(_id, CancellationToken.None));
    }

    [Theory]
    [InlineData(StorageFault.BusyBefore)]
    [InlineData(StorageFault.ConnectionReset)]
    public async Task A_change_by_another_worker_between_two_tries_is_not_taken_for_ours(StorageFault fault)
    {
        var found = await CreateAsync();
        var faults = new StorageFaults();
        faults.Break("Put Blob", fault);
        using var faulty = account.Open(faults, new BeforeCall("Put Blob", () => ChangeAsync(found, attempts: 5, found.Tag)));

        Assert.Null(await faulty.Ledgers.UpdateAsync(Attempted(found, 1), found.Tag, CancellationToken.None));

        Assert.Equal(1, faults.Injected);
        Assert.Equal(5, (await ReadAsync()).Ledger.Destinations[0].Attempts);
    }

    public static TheoryData<string, int?> Nexts => new()
    {
        { "held", null },
        { "held and claimed", null },
        { "nothing", null },
        { "due", 300 },
        { "due and held", 300 },
        { "due and due earlier", 60 },
        { "claimed", 90 }, // whatever its next attempt
        { "due later and claimed", 90 },
        { "due earlier and claimed", 60 },
        { "held and owed", 5 },
        { "due and owed", 5 },
    };

    [Theory]
    [MemberData(nameof(Nexts))]
    public async Task The_list_tells_the_earliest_of_next_attempt_claim_and_owed_report(string state, int? seconds)
    {
        var claim = new DestinationClaim("n", Time.AddSeconds(90));
        var held = new LedgerDestination("h.test", DestinationState.Held, [Sample.Recipient("a@h.test")]) { NextAttempt = Time };
        var (due, earlier) = (Due("x.test", Time.AddSeconds(300)), Due("y.test", Time.AddSeconds(60)));
        LedgerDestination[] rows = state switch
        {
            "held" => [held],
            "held and claimed" => [held with { Claim = claim }],
            "nothing" => [],
            "due" => [due],
            "due and held" => [held, due],
            "due and due earlier" => [due, earlier],
            "claimed" => [earlier with { Claim = claim }],
            "due later and claimed" => [due, earlier with { Claim = claim }],
            "due earlier and claimed" => [earlier, due with { Claim = claim }],
            "held and owed" => [held],
            "due and owed" => [due],
            _ => throw new InvalidOperationException(state),
        };
        var found = await CreateAsync();
        var ledger = found.Ledger with { Destinations = rows };
        if (state.EndsWith("owed", StringComparison.Ordinal))
            ledger = ledger.Owing(ReportKind.Delayed, Time.AddSeconds(5), []);

        Assert.NotNull(await _stores.Ledgers.UpdateAsync(ledger, found.Tag, CancellationToken.None));

        var entry = Assert.Single(await _stores.Ledgers.ListAsync(_id.Text, CancellationToken.None).ToListAsync());
        // Of what is finished only the deletion remains, and that is due at once.
        Assert.Equal(ledger.IsFinished ? ledger.StoredAt : seconds is null ? null : Time.AddSeconds(seconds.Value), entry.Next);
    }

    [Fact]
    public async Task A_report_that_two_workers_record_is_one_with_one_id()
    {
        var found = await CreateAsync();
        var ledger = found.Ledger.Owing(ReportKind.Failed, Time, []);
        await _stores.Ledgers.UpdateAsync(ledger, found.Tag, CancellationToken.None);
        Assert.Null(await _stores.Ledgers.UpdateAsync(found.Ledger.Owing(ReportKind.Failed, Time.AddHours(1), []), found.Tag, CancellationToken.None));

        var owed = Assert.Single((await ReadAsync()).Ledger.Owed);

        Assert.Equal((1, ledger.Owed[0].IdFor(_id)), (owed.Number, owed.IdFor(_id)));
    }

    private static LedgerDestination Due(string name, DateTimeOffset next) =>
        new(name, DestinationState.Due, [Sample.Recipient($"a@{name}")]) { NextAttempt = next };

    private Ledger Make(LedgerDestination destination) => new(_id, null, Time, [destination]);

    private async Task<LedgerReading.Found> CreateAsync()
    {
        Assert.True(await _stores.Ledgers.CreateAsync(Make(Due("x.test", Time)), CancellationToken.None));
        return await ReadAsync();
    }

    private async Task<LedgerReading.Found> ReadAsync() =>
        Assert.IsType<LedgerReading.Found>(await _stores.Ledgers.ReadAsync(_id, CancellationToken.None));

    private Task<string?> ChangeAsync(LedgerReading.Found found, int attempts, string tag) =>
        _stores.Ledgers.UpdateAsync(Attempted(found, attempts), tag, CancellationToken.None);

    private static Ledger Attempted(LedgerReading.Found found, int attempts) =>
        found.Ledger.With(found.Ledger.Destinations[0] with { Attempts = attempts });
}
