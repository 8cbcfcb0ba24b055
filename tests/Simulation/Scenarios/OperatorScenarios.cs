// Scenarios in which the operator changes what waits, or who is there, while mail is under way.
using MailFunctions.Mailctl.Accounts;
using MailFunctions.Mailctl.Queue;
using MailFunctions.Rig.Peers;
using MailFunctions.Simulation.Checks;
using MailFunctions.Simulation.Engine;

namespace MailFunctions.Simulation.Scenarios;

/// <summary>mailctl beside the workers.</summary>
internal static class OperatorScenarios
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("hold", HoldAsync),
        new("retry", RetryAsync),
        new("operator-bounce", BounceAsync),
        new("removed", RemovedAsync),
    ];

    private static void AddOpening(SimWorld world, TimeSpan opens)
    {
        var at = world.Time.GetUtcNow() + opens;
        world.Network.Add("far.test", _ => world.Time.GetUtcNow() < at ? new PeerScript().Saying(PeerStage.Mail, "451 4.3.0 Not now") : new PeerScript());
    }

    private static Sent SendsFar(SimWorld world, Fate fate) => world.Checker.Sends("t1", Scenario.Alice, ["x@far.test"], [new(fate, "x@far.test")]);

    private static async Task HoldAsync(SimWorld world, SimClient client)
    {
        AddOpening(world, TimeSpan.FromMinutes(2));
        var sent = SendsFar(world, Fate.Remote);
        await client.SendAsync(sent);
        await Task.Delay(TimeSpan.FromSeconds(30), world.Time);
        await new SimOperator(world).RunAsync(_ => new QueueHold(), "--domain", "far.test");
        var before = world.Network.Sessions;
        var isHeld = world.Store.Blobs.In("ledger").Any();
        await Task.Delay(TimeSpan.FromMinutes(40), world.Time);
        // A second message is one that the client was not told of and sent again; it may be routed later.
        if (isHeld && world.Checker.Faults == 0 && sent.Spooled.Count == 1 && world.Network.Sessions > before)
            world.Checker.Report("I7: what is held was tried");
        await new SimOperator(world).RunAsync(_ => new QueueRelease(), "--all");
    }

    private static async Task RetryAsync(SimWorld world, SimClient client)
    {
        AddOpening(world, TimeSpan.FromMinutes(2));
        await client.SendAsync(SendsFar(world, Fate.Remote));
        await Task.Delay(TimeSpan.FromMinutes(3), world.Time);
        await new SimOperator(world).RunAsync(_ => new QueueRetry(), "--all");
    }

    private static async Task BounceAsync(SimWorld world, SimClient client)
    {
        AddOpening(world, TimeSpan.FromDays(1));
        await client.SendAsync(SendsFar(world, Fate.Failed));
        await Task.Delay(TimeSpan.FromMinutes(3), world.Time);
        await new SimOperator(world).RunAsync(_ => new QueueBounce(), "--domain", "far.test");
    }

    // What comes before the removal stays, what comes after it goes to the postmaster, and nothing is in both places in the end.
    private static async Task RemovedAsync(SimWorld world, SimClient client)
    {
        Expected[] expected = [new(Fate.Either, Scenario.Bob), new(Fate.Either, Scenario.Carol)];
        Sent[] all =
        [
            world.Checker.Sends("t1", Scenario.Stranger, [Scenario.Bob], expected),
            .. ((string[])["t2", "t3"]).Select(token => world.Checker.Sends(
                new Sent(token, Scenario.Stranger, [Scenario.Bob], expected, padding: 0) { MayBeRefused = true })),
        ];
        await client.SendAsync(all[0]);
        await Task.WhenAll(
            client.SendAsync(all[1]), new SimOperator(world).RunAsync(machine => new AccountRemove(machine), Scenario.Bob, "--keep"));
        await Task.Delay(TimeSpan.FromSeconds(5), world.Time);
        await client.SendAsync(all[2]); // a gateway believes what it knows for a minute
        using var stores = world.Look();
        do
            await Task.Delay(TimeSpan.FromMinutes(5), world.Time);
        while (!world.Checker.IsAtRest || await IsLateMailLeftAsync());

        var actual = new ActualMail(world);
        foreach (var sent in all)
        {
            var copies = expected.Sum(place => actual.Count(sent.Token, place));
            if (copies != sent.Spooled.Count)
                world.Checker.Report($"I2: {copies} of {sent.Token} in the mailboxes of the removed account and the postmaster, {sent.Spooled.Count} sent");
        }

        async Task<bool> IsLateMailLeftAsync()
        {
            await foreach (var removed in stores.RemovedAccounts.ListAsync(CancellationToken.None))
            {
                if (await stores.Mailboxes.ListAsync(removed.Account.Address, CancellationToken.None)
                    .AnyAsync(entry => !entry.IsTombstone && entry.CreatedAt > removed.Account.RemovedAt))
                    return true;
            }
            return false;
        }
    }
}
