// The simulated service against Azurite: the same random operations must have the same results.
using MailFunctions.Rig;

namespace MailFunctions.Simulation.Store;

public sealed class StoreDifferenceTests(AzuriteServer azurite)
{
    private const int Seed = 20_260_301;
    private const int Operations = 10_000;
    private const int AtOnce = 500; // operations on one account; then a fresh one, so that lists stay short

    [Fact]
    public async Task Ten_thousand_random_operations_have_the_same_results_as_on_Azurite()
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var round = 0; round < Operations / AtOnce; round++)
        {
            var time = new FakeTime();
            var store = new SimStore(time, Dialect.Azurite);
            var mine = new StoreSide(SimRequest.ConnectionString, new SimTransport((request, _) => ValueTask.FromResult(store.Handle(request))));
            var theirs = new StoreSide(azurite.FreshAccount(), null);
            await mine.PrepareAsync();
            await theirs.PrepareAsync();
            var chance = new Random(Seed + round);
            for (var number = 0; number < AtOnce; number++)
            {
                var operation = RandomOperation.Draw(chance);
                time.Advance(TimeSpan.FromMilliseconds(10));
                var expected = await theirs.RunAsync(operation);
                var actual = await mine.RunAsync(operation);
                Assert.True(expected == actual, $"round {round}, operation {number}: {operation}\nAzurite: {expected}\nours:    {actual}");
                var kind = $"{operation.Kind} {expected.Split(' ')[0]}";
                counts[kind] = counts.GetValueOrDefault(kind) + 1;
            }
        }
        // Every kind was reached with success and with each refusal that it knows.
        Assert.True(counts.Count >= 40, string.Join(", ", counts.Select(pair => $"{pair.Key} {pair.Value}")));
    }
}
