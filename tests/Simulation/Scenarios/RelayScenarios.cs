// Scenarios of mail for other domains that arrives in the end.
using MailFunctions.Dns;
using MailFunctions.Rig.Peers;
using MailFunctions.Simulation.Checks;
using MailFunctions.Simulation.Engine;

namespace MailFunctions.Simulation.Scenarios;

/// <summary>Ways of mail to remote servers that are down, choosy, behind others, or hard to find.</summary>
internal static class RelayScenarios
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("too-many", TooManyAsync),
        new("three-mx", ThreeExchangersAsync),
        new("dns-down", DnsDownAsync),
        new("relay-for", RelayForAsync),
        new("smarthost", SmarthostAsync),
        new("site-down", SiteDownAsync),
        new("signed", SignedAsync),
        new("alias-both", AliasToBothAsync),
    ];

    // RFC 5321 4.5.3.1.10: the server takes one recipient a transaction.
    private static Task TooManyAsync(SimWorld world, SimClient client)
    {
        world.Network.Add("far.test", _ => new PeerScript()
            .Saying(PeerStage.Rcpt, "452 4.5.3 Too many", 1).Saying(PeerStage.Rcpt, "452 4.5.3 Too many", 2));
        string[] recipients = ["x@far.test", "y@far.test", "z@far.test"];
        return client.SendAsync(world.Checker.Sends("t1", Scenario.Alice, recipients, [.. recipients.Select(to => new Expected(Fate.Remote, to))]));
    }

    private static Task ThreeExchangersAsync(SimWorld world, SimClient client)
    {
        world.Network.Add("far.test", _ => new PeerScript().With(PeerStage.Connect, new PeerAct.Close()));
        world.Network.Add("far.test", _ => new PeerScript().Saying(PeerStage.Mail, "451 4.3.0 Not here"), preference: 20);
        world.Network.Add("far.test", preference: 30);
        return client.SendAsync(world.Checker.Sends("t1", Scenario.Alice, ["x@far.test"], [new(Fate.Remote, "x@far.test")]));
    }

    private static async Task DnsDownAsync(SimWorld world, SimClient client)
    {
        world.Network.Add("far.test");
        world.Zone.Fail("far.test", Trouble.ServerFailed);
        await client.SendAsync(world.Checker.Sends(
            "t1", Scenario.Alice, ["x@far.test", Scenario.Bob], [new(Fate.Remote, "x@far.test"), new(Fate.Mailbox, Scenario.Bob)]));
        await Task.Delay(TimeSpan.FromMinutes(25), world.Time);
        world.Zone.Recover("far.test");
    }

    // We are the second exchanger of a domain whose first is down for a while.
    private static Task RelayForAsync(SimWorld world, SimClient client)
    {
        var opens = world.Time.GetUtcNow() + TimeSpan.FromMinutes(20);
        world.Network.Add("out.test");
        world.Network.Add("backed.test", _ => world.Time.GetUtcNow() < opens ? new PeerScript().With(PeerStage.Connect, new PeerAct.Close()) : new PeerScript());
        world.Zone.AddMx("backed.test", 20, "mx.example.test");
        return client.SendAsync(world.Checker.Sends("t1", Scenario.Stranger, ["x@backed.test"], [new(Fate.Remote, "x@backed.test")]));
    }

    private static Task SmarthostAsync(SimWorld world, SimClient client)
    {
        world.Network.Add($"{Setup.Smarthost}.test");
        world.Network.Add("far.test");
        return client.SendAsync(world.Checker.Sends(
            "t1", Scenario.Alice, ["x@routed.test", "y@far.test"], [new(Fate.Remote, "x@routed.test"), new(Fate.Remote, "y@far.test")]));
    }

    // Two messages for one site that is down long enough to be left alone as a whole.
    private static async Task SiteDownAsync(SimWorld world, SimClient client)
    {
        var opens = world.Time.GetUtcNow() + TimeSpan.FromMinutes(25);
        world.Network.Add("far.test", _ => world.Time.GetUtcNow() < opens ? new PeerScript().With(PeerStage.Banner, new PeerAct.Close()) : new PeerScript());
        foreach (var token in (string[])["t1", "t2"])
        {
            await client.SendAsync(world.Checker.Sends(token, Scenario.Alice, [$"{token}@far.test"], [new(Fate.Remote, $"{token}@far.test")]));
            await Task.Delay(TimeSpan.FromMinutes(4), world.Time);
        }
    }

    private static Task SignedAsync(SimWorld world, SimClient client)
    {
        world.Network.Add("far.test");
        Expected[] expected = [new(Fate.Remote, "x@far.test"), new(Fate.Mailbox, Scenario.Bob)];
        return client.SendAsync(world.Checker.Sends(
            new Sent("t1", "me@catch.test", ["x@far.test", Scenario.Bob], expected, padding: 0) { ReportsTo = Scenario.Carol })); // who gets all of catch.test
    }

    private static Task AliasToBothAsync(SimWorld world, SimClient client)
    {
        world.Network.Add("far.test", number => number == 0 ? new PeerScript().Saying(PeerStage.Data, "451 4.3.0 Not now") : new PeerScript());
        world.Network.Add("out.test");
        return client.SendAsync(world.Checker.Sends(
            "t1", Scenario.Stranger, ["both@example.test", Scenario.Bob],
            [new(Fate.Mailbox, Scenario.Alice), new(Fate.Remote, "dave@far.test"), new(Fate.Mailbox, Scenario.Bob)]));
    }
}
