// One run from its beginning to its judgement.
using MailFunctions.Simulation.Checks;
using MailFunctions.Simulation.Engine;

namespace MailFunctions.Simulation.Scenarios;

/// <summary>What came of a run.</summary>
/// <param name="Calls">How many calls to storage were made until clients and mail had come to rest.</param>
/// <param name="Sessions">How many sessions there were with remote servers.</param>
/// <param name="Reads">How often clients have read.</param>
/// <param name="Faults">How many of them went wrong.</param>
/// <param name="Recovered">Messages committed, and so delivered, of which the client was never told.</param>
/// <param name="Hash">The hash of all events.</param>
/// <param name="Violations">What is to be said against it.</param>
/// <param name="Log">The events, if they were kept.</param>
internal sealed record RunResult(
    int Calls, int Sessions, int Reads, int Faults, int Recovered, string Hash, IReadOnlyList<string> Violations, IReadOnlyList<string> Log);

/// <summary>Makes runs.</summary>
internal sealed class SimRun(Setup setup)
{
    private static readonly TimeSpan MaxLife = TimeSpan.FromDays(4);

    /// <summary>Makes one run. Only for a process whose pool has one thread, and on that.</summary>
    public async Task<RunResult> RunAsync(
        Scenario scenario, int seed, FaultPlan plan, PlantedBug planted = PlantedBug.None, bool keepsLog = false, int workers = 1)
    {
        using var world = new SimWorld(seed, plan, planted, keepsLog);
        setup.Apply(world.Store);
        world.StartGateway();
        for (var number = 0; number < workers; number++)
            world.StartWorker();
        var work = WorkAsync(world, scenario);
        if (!await world.RunAsync(work, MaxLife))
            world.Checker.Report(world.Checker.IsAtRest ? "I8: the clients never end" : "I8: the mail never comes to rest");
        world.Checker.Judge();
        return new RunResult(
            world.Calls, world.Network.Sessions, world.ClientReads, world.Checker.Faults, world.Checker.Recovered,
            world.Log.Hash, world.Checker.Violations, world.Log.Lines);
    }

    private static async Task WorkAsync(SimWorld world, Scenario scenario)
    {
        await scenario.Act(world, new SimClient(world));
        while (!world.Checker.IsAtRest)
            await Task.Delay(TimeSpan.FromSeconds(20), world.Time);
    }
}
