// Scenarios of mailboxes: large messages, chunks, full ones, and many messages at once.
using MailFunctions.Mailctl.Accounts;
using MailFunctions.Simulation.Checks;
using MailFunctions.Simulation.Engine;

namespace MailFunctions.Simulation.Scenarios;

/// <summary>What happens in and before mailboxes.</summary>
internal static class MailboxScenarios
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("chunks", (world, client) => client.SendAsync(world.Checker.Sends(
            new Sent("t1", Scenario.Stranger, [Scenario.Alice, Scenario.Bob], [new(Fate.Mailbox, Scenario.Alice), new(Fate.Mailbox, Scenario.Bob)], padding: 0)
            {
                IsChunked = true,
            }))),
        new("big-three", BigThreeAsync),
        new("pop3-many", Pop3ManyAsync),
        new("quota", QuotaAsync),
    ];

    private static Task BigThreeAsync(SimWorld world, SimClient client)
    {
        const int MoreThanABlock = 1_100_000;
        string[] recipients = [Scenario.Alice, Scenario.Bob, Scenario.Carol];
        return client.SendAsync(world.Checker.Sends(
            "t1", Scenario.Stranger, recipients, [.. recipients.Select(to => new Expected(Fate.Mailbox, to))], MoreThanABlock));
    }

    // QUIT deletes four of five while a sixth comes; then a session that deletes what is left.
    private static async Task Pop3ManyAsync(SimWorld world, SimClient client)
    {
        Task SendAsync(int number, Fate fate) => client.SendAsync(world.Checker.Sends($"t{number}", Scenario.Stranger, [Scenario.Alice], [new(fate, Scenario.Alice)]));

        await Task.WhenAll(Enumerable.Range(1, 5).Select(number => SendAsync(number, Fate.Either)));
        await Task.Delay(TimeSpan.FromMinutes(12), world.Time); // past the time in which a deletion leaves a tombstone
        await Task.WhenAll(client.ReadAsync(Scenario.Alice, 1, 2, 3, 4), SendAsync(6, Fate.Either));
        await client.ReadAsync(Scenario.Alice, 1);
        await SendAsync(7, Fate.Mailbox);
    }

    // A full mailbox puts mail off until its owner has made room.
    private static async Task QuotaAsync(SimWorld world, SimClient client)
    {
        await client.SendAsync(world.Checker.Sends("t1", Scenario.Stranger, [Scenario.Bob], [new(Fate.Either, Scenario.Bob)], padding: 20_000));
        while (!world.Checker.IsAtRest)
            await Task.Delay(TimeSpan.FromSeconds(20), world.Time);
        await new SimOperator(world).RunAsync(_ => new AccountQuota(), Scenario.Bob, "19K"); // less than the first message, and room for a few small ones
        await Task.Delay(TimeSpan.FromMinutes(2), world.Time);
        await Task.WhenAll(
            client.SendAsync(world.Checker.Sends("t2", Scenario.Stranger, [Scenario.Bob], [new(Fate.Mailbox, Scenario.Bob)])),
            ReadLaterAsync(world, client));
    }

    private static async Task ReadLaterAsync(SimWorld world, SimClient client)
    {
        await Task.Delay(TimeSpan.FromSeconds(50), world.Time);
        await client.ReadAsync(Scenario.Bob, (_, text) => text.Contains("X-Token: t1\r\n", StringComparison.Ordinal));
    }
}
