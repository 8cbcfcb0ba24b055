// Scenarios of mail that cannot be delivered, and of who is told.
using MailFunctions.Rig.Peers;
using MailFunctions.Simulation.Checks;
using MailFunctions.Simulation.Engine;

namespace MailFunctions.Simulation.Scenarios;

/// <summary>Failures and their reports, to senders here, elsewhere and nowhere; a report of success.</summary>
internal static class ReportScenarios
{
    private static readonly PeerScript Refusing = new PeerScript().Saying(PeerStage.Mail, "550 5.7.1 Not from you");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("one-dead", OneDeadAsync),
        new("null-mx", NullMxAsync),
        new("forward-fails", ForwardFailsAsync),
        new("null-sender", NullSenderAsync),
        new("report-fails", ReportFailsAsync),
        new("success", SuccessAsync),
    ];

    private static Task OneDeadAsync(SimWorld world, SimClient client)
    {
        world.Network.Add("far.test");
        world.Network.Add("dead.test", _ => new PeerScript().With(PeerStage.Connect, new PeerAct.Close()));
        return client.SendAsync(world.Checker.Sends(
            "t1", Scenario.Alice, ["x@far.test", "y@dead.test"], [new(Fate.Remote, "x@far.test"), new(Fate.Failed, "y@dead.test")]));
    }

    // RFC 7505; a domain that has only an address; one that refuses the sender.
    private static Task NullMxAsync(SimWorld world, SimClient client)
    {
        world.Zone.AddMx("null.test", 0, ".");
        world.Network.AddHost("plain.test");
        world.Network.Add("far.test", _ => Refusing);
        return client.SendAsync(world.Checker.Sends(
            "t1", Scenario.Alice, ["x@null.test", "y@plain.test", "z@far.test"],
            [new(Fate.Failed, "x@null.test"), new(Fate.Remote, "y@plain.test"), new(Fate.Failed, "z@far.test")]));
    }

    // The report goes to a sender elsewhere, and his server is busy at first.
    private static Task ForwardFailsAsync(SimWorld world, SimClient client)
    {
        world.Network.Add("far.test", _ => new PeerScript().Saying(PeerStage.Rcpt, "550 5.1.1 Nobody"));
        world.Network.Add("out.test", number => number == 0 ? new PeerScript().Saying(PeerStage.Ehlo, "421 4.3.2 Busy") : new PeerScript());
        return client.SendAsync(world.Checker.Sends("t1", Scenario.Stranger, ["away@example.test"], [new(Fate.Failed, "away@example.test")]));
    }

    // Nobody is told (RFC 5321 4.5.5).
    private static Task NullSenderAsync(SimWorld world, SimClient client)
    {
        world.Network.Add("far.test", _ => Refusing);
        return client.SendAsync(world.Checker.Sends("t1", "", ["x@far.test", Scenario.Bob], [new(Fate.Either, "x@far.test"), new(Fate.Mailbox, Scenario.Bob)]));
    }

    // The sender does not exist: the postmaster hears of the report that could not be delivered.
    private static Task ReportFailsAsync(SimWorld world, SimClient client)
    {
        world.Network.Add("far.test", _ => new PeerScript().Saying(PeerStage.Rcpt, "550 5.1.1 Nobody"));
        world.Network.Add("out.test", _ => new PeerScript().Saying(PeerStage.Rcpt, "550 5.1.1 No such sender"));
        return client.SendAsync(world.Checker.Sends(
            new Sent("t1", Scenario.Stranger, ["away@example.test"], [new(Fate.Failed, Scenario.Stranger)], padding: 0) { ReportsTo = Scenario.Carol }));
    }

    private static Task SuccessAsync(SimWorld world, SimClient client)
    {
        world.Network.Add("out.test");
        return client.SendAsync(world.Checker.Sends(
            new Sent(
                "t1", Scenario.Stranger, [Scenario.Bob, Scenario.Alice],
                [new(Fate.Mailbox, Scenario.Bob), new(Fate.Mailbox, Scenario.Alice), new(Fate.Told, Scenario.Bob), new(Fate.Told, Scenario.Alice)], padding: 0)
            {
                RecipientParameters = " NOTIFY=SUCCESS,FAILURE",
            }));
    }
}
