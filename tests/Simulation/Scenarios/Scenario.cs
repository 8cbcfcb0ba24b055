// What happens in a run, apart from what goes wrong.
using MailFunctions.Rig.Peers;
using MailFunctions.Simulation.Checks;
using MailFunctions.Simulation.Engine;

namespace MailFunctions.Simulation.Scenarios;

/// <summary>A scenario: the remote servers there are, and what clients do.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Act">What clients do; it ends when they are done.</param>
internal sealed record Scenario(string Name, Func<SimWorld, SimClient, Task> Act)
{
    /// <summary>Users of ours; Carol is the postmaster.</summary>
    internal const string Alice = "alice@example.test";
    internal const string Bob = "bob@example.test";
    internal const string Carol = "carol@example.test";
    /// <summary>A sender elsewhere.</summary>
    internal const string Stranger = "eve@out.test";

    /// <summary>All scenarios.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("one", (world, client) => client.SendAsync(world.Checker.Sends("t1", Stranger, [Alice], [new(Fate.Mailbox, Alice)]))),
        new("three", (world, client) => client.SendAsync(
            world.Checker.Sends("t1", Stranger, [Alice, Bob, Carol], [new(Fate.Mailbox, Alice), new(Fate.Mailbox, Bob), new(Fate.Mailbox, Carol)]))),
        new("alias", (world, client) => client.SendAsync(
            world.Checker.Sends("t1", Stranger, ["team@example.test", Alice], [new(Fate.Mailbox, Alice), new(Fate.Mailbox, Bob)]))),
        new("catch-all", (world, client) => client.SendAsync(world.Checker.Sends("t1", Stranger, ["whoever@catch.test"], [new(Fate.Mailbox, Carol)]))),
        new("relay", RelayAsync),
        new("forward", ForwardAsync),
        new("mixed", MixedAsync),
        new("bounce", BounceAsync),
        new("delay", DelayAsync),
        new("give-up", GiveUpAsync),
        new("backup-mx", BackupAsync),
        new("big", BigAsync),
        new("many", ManyAsync),
        new("pop3", Pop3Async),
        new("two-sessions", TwoSessionsAsync),
        .. RelayScenarios.All,
        .. ReportScenarios.All,
        .. MailboxScenarios.All,
        .. OperatorScenarios.All,
    ];

    private static Task RelayAsync(SimWorld world, SimClient client)
    {
        world.Network.Add("far.test");
        return client.SendAsync(
            world.Checker.Sends("t1", Alice, ["x@far.test", "y@far.test"], [new(Fate.Remote, "x@far.test"), new(Fate.Remote, "y@far.test")]));
    }

    private static Task ForwardAsync(SimWorld world, SimClient client)
    {
        world.Network.Add("far.test");
        world.Network.Add("out.test"); // where reports to the stranger go
        return client.SendAsync(world.Checker.Sends("t1", Stranger, ["away@example.test"], [new(Fate.Remote, "dave@far.test")]));
    }

    private static Task MixedAsync(SimWorld world, SimClient client)
    {
        world.Network.Add("far.test", number => new PeerScript()
            .Saying(PeerStage.Rcpt, number == 0 ? "450 4.2.1 Later" : "250 2.1.5 OK", number == 0 ? 1 : 7)
            .With(PeerStage.Rcpt, new PeerAct.Say("550 5.1.1 Nobody\r\n"), number == 0 ? 2 : 8));
        return client.SendAsync(world.Checker.Sends(
            "t1", Alice, ["x@far.test", "y@far.test", "z@far.test", Bob],
            [new(Fate.Remote, "x@far.test"), new(Fate.Remote, "y@far.test"), new(Fate.Anything, "z@far.test"), new(Fate.Mailbox, Bob)]));
    }

    private static Task BounceAsync(SimWorld world, SimClient client)
    {
        world.Network.Add("far.test", _ => new PeerScript().Saying(PeerStage.Rcpt, "550 5.1.1 Nobody"));
        return client.SendAsync(world.Checker.Sends("t1", Alice, ["x@far.test"], [new(Fate.Failed, "x@far.test")]));
    }

    private static Task DelayAsync(SimWorld world, SimClient client)
    {
        var opens = world.Time.GetUtcNow() + TimeSpan.FromMinutes(70);
        world.Network.Add("far.test", _ => world.Time.GetUtcNow() < opens ? new PeerScript().Saying(PeerStage.Mail, "451 4.3.0 Not now") : new PeerScript());
        return client.SendAsync(world.Checker.Sends("t1", Alice, ["x@far.test"], [new(Fate.Remote, "x@far.test")]));
    }

    private static Task GiveUpAsync(SimWorld world, SimClient client)
    {
        world.Network.Add("far.test", _ => new PeerScript().With(PeerStage.Connect, new PeerAct.Close()));
        return client.SendAsync(world.Checker.Sends("t1", Alice, ["x@far.test"], [new(Fate.Failed, "x@far.test")]));
    }

    private static Task BackupAsync(SimWorld world, SimClient client)
    {
        world.Network.Add("far.test", _ => new PeerScript().With(PeerStage.Connect, new PeerAct.Close()));
        world.Network.Add("far.test", preference: 20);
        return client.SendAsync(world.Checker.Sends("t1", Alice, ["x@far.test"], [new(Fate.Remote, "x@far.test")]));
    }

    private static Task BigAsync(SimWorld world, SimClient client)
    {
        world.Network.Add("far.test");
        const int MoreThanABlock = 1_100_000;
        return client.SendAsync(world.Checker.Sends(
            "t1", Alice, [Bob, "x@far.test"], [new(Fate.Mailbox, Bob), new(Fate.Remote, "x@far.test")], MoreThanABlock));
    }

    private static async Task ManyAsync(SimWorld world, SimClient client)
    {
        world.Network.Add("far.test");
        world.Network.Add("out.test");
        world.Network.Add("near.test", number => number < 2 ? new PeerScript().Saying(PeerStage.End, "451 4.3.0 Not now") : new PeerScript());
        await Task.WhenAll(
            client.SendAsync(world.Checker.Sends(
                "t1", Alice, [Bob, "x@far.test", "y@near.test"], [new(Fate.Mailbox, Bob), new(Fate.Remote, "x@far.test"), new(Fate.Remote, "y@near.test")])),
            client.SendAsync(world.Checker.Sends("t2", Stranger, [Alice, "away@example.test"], [new(Fate.Mailbox, Alice), new(Fate.Remote, "dave@far.test")])),
            client.SendAsync(world.Checker.Sends("t3", Bob, ["x@far.test", "z@near.test"], [new(Fate.Remote, "x@far.test"), new(Fate.Remote, "z@near.test")])));
    }

    private static async Task Pop3Async(SimWorld world, SimClient client)
    {
        await client.SendAsync(world.Checker.Sends("t1", Stranger, [Alice], [new(Fate.Either, Alice)]));
        await client.SendAsync(world.Checker.Sends("t2", Stranger, [Bob], [new(Fate.Mailbox, Bob)]));
        await Task.Delay(TimeSpan.FromSeconds(5), world.Time);
        await Task.WhenAll(client.ReadAsync(Alice, 1), client.ReadAsync(Bob));
        await client.SendAsync(world.Checker.Sends("t3", Stranger, [Alice], [new(Fate.Mailbox, Alice)]));
    }

    private static async Task TwoSessionsAsync(SimWorld world, SimClient client)
    {
        await client.SendAsync(world.Checker.Sends("t1", Stranger, [Alice], [new(Fate.Either, Alice)]));
        await Task.Delay(TimeSpan.FromSeconds(5), world.Time);
        await Task.WhenAll(client.ReadAsync(Alice, 1), client.ReadAsync(Alice));
    }
}
