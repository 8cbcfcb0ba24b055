// The name of a run, from which it can be made again.
using System.Globalization;
using MailFunctions.Rig.Peers;
using MailFunctions.Simulation.Checks;
using MailFunctions.Simulation.Engine;
using MailFunctions.Simulation.Scenarios;

namespace MailFunctions.Simulation;

/// <summary>
/// A run: <c>scenario/seed</c> with random faults, <c>scenario/seed/none</c> without any, <c>scenario/seed/12=KillAfter</c> with one at a call,
/// <c>scenario/seed/server:0:End:Close</c> with one of a server in a session, <c>scenario/seed/client:5</c> with one of a client at a read; a defect that
/// is to be planted follows after another slash.
/// </summary>
internal sealed record RunSpec(Scenario Scenario, int Seed, string Faults, PlantedBug Planted)
{
    private const string Random = "random";
    private const string None = "none";

    /// <summary>The runs of a number of seeds: each takes a scenario in turn.</summary>
    public static RunSpec OfSeed(int seed, PlantedBug planted = PlantedBug.None) => new(Scenario.All[seed % Scenario.All.Count], seed, Random, planted);

    /// <summary>A run without faults.</summary>
    public static RunSpec Calm(Scenario scenario, int seed = 0, PlantedBug planted = PlantedBug.None) => new(scenario, seed, None, planted);

    /// <summary>A run with one fault.</summary>
    public static RunSpec Single(Scenario scenario, int call, FaultKind kind, PlantedBug planted = PlantedBug.None) =>
        new(scenario, 0, $"{call}={kind}", planted);

    /// <summary>A run in which a remote server misbehaves once.</summary>
    public static RunSpec Server(Scenario scenario, int session, PeerStage stage, PeerFault fault) =>
        new(scenario, 0, $"server:{session}:{stage}:{fault}", PlantedBug.None);

    /// <summary>A run in which a client breaks off once, where it would read.</summary>
    public static RunSpec Client(Scenario scenario, int read) => new(scenario, 0, $"client:{read}", PlantedBug.None);

    /// <summary>Reads what <see cref="ToString"/> prints.</summary>
    public static RunSpec Parse(string text)
    {
        var parts = text.Split('/');
        return new RunSpec(
            Scenario.All.Single(scenario => scenario.Name == parts[0]), int.Parse(parts[1], CultureInfo.InvariantCulture),
            parts.ElementAtOrDefault(2) ?? Random,
            Enum.Parse<PlantedBug>(parts.ElementAtOrDefault(3) ?? "None"));
    }

    /// <summary>Makes the run.</summary>
    public Task<RunResult> RunAsync(SimRun run, bool keepsLog = false) =>
        run.RunAsync(Scenario, Seed, Plan(), Planted, keepsLog, workers: Faults == Random ? 1 + Seed / 7 % 2 : 1);

    /// <inheritdoc/>
    public override string ToString() => $"{Scenario.Name}/{Seed}/{Faults}" + (Planted == PlantedBug.None ? "" : $"/{Planted}");

    private FaultPlan Plan()
    {
        if (Faults == None)
            return FaultPlan.None;
        if (Faults == Random)
        {
            // Every eleventh seed has an outage of six minutes, long enough for messages to end in the poison queues.
            var outage = Seed % 11 == 0 ? TimeSpan.FromMilliseconds(Seed % 1_000) : TimeSpan.MaxValue;
            return new FaultPlan(
                new Dictionary<int, FaultKind>(), Rate: 0.01 + Seed % 5 * 0.015, Until: 200, Doubled: Seed / 3 % 3 * 0.2, OutageFrom: outage,
                OutageTo: outage == TimeSpan.MaxValue ? outage : outage + TimeSpan.FromMinutes(6));
        }
        if (Faults.Split(':') is ["server", var session, var stage, var fault])
        {
            return FaultPlan.None with
            {
                Server = new(int.Parse(session, CultureInfo.InvariantCulture), Enum.Parse<PeerStage>(stage), Enum.Parse<PeerFault>(fault)),
            };
        }
        if (Faults.Split(':') is ["client", var read])
            return FaultPlan.None with { ClientBreaksAt = int.Parse(read, CultureInfo.InvariantCulture) };
        var equals = Faults.IndexOf('=', StringComparison.Ordinal);
        return FaultPlan.Single(int.Parse(Faults[..equals], CultureInfo.InvariantCulture), Enum.Parse<FaultKind>(Faults[(equals + 1)..]));
    }
}
