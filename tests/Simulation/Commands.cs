// What the program can be asked for besides its tests: seeds, all single faults, or one run again.
using System.Diagnostics;
using System.Globalization;
using MailFunctions.Simulation.Checks;
using MailFunctions.Simulation.Engine;
using MailFunctions.Simulation.Scenarios;

namespace MailFunctions.Simulation;

/// <summary>
/// <c>--seeds 1000000 [--from 0]</c>, <c>--singles [--only scenario]</c>, <c>--replay scenario/seed/faults</c>. The work is done by child processes, one a
/// processor, whose thread pools have one thread: that thread is the scheduler of the simulation. A long run says now and then how far it is, and where
/// another can go on.
/// </summary>
internal static class Commands
{
    private const string MinThreads = "DOTNET_ThreadPool_ForceMinWorkerThreads";
    private const string MaxThreads = "DOTNET_ThreadPool_ForceMaxWorkerThreads";
    private const int RunsBetweenWords = 10_000;

    // A run leaves nothing behind, so there is next to nothing to be moved in a collection that comes late. What is large is no longer than what is small.
    private static readonly Dictionary<string, string> Settings = new()
    {
        [MinThreads] = "1", [MaxThreads] = "1", ["DOTNET_TieredPGO"] = "0", ["DOTNET_EnableWriteXorExecute"] = "0",
        ["DOTNET_GCgen0size"] = "0x8000000", ["DOTNET_GCLOHThreshold"] = "0x1000000", ["DOTNET_GCRetainVM"] = "1",
    };

    /// <summary>Whether these arguments are for this class.</summary>
    public static bool Knows(string[] args) => args is ["--seeds" or "--singles" or "--replay", ..];

    /// <summary>Does what is asked.</summary>
    /// <returns>0 if nothing is to be said against any run.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (Environment.GetEnvironmentVariable(MaxThreads) == "1")
            return await Task.Run(() => WorkAsync(args));
        return (await RunInChildrenAsync(args, Console.WriteLine)).Failures == 0 ? 0 : 1;
    }

    /// <summary>Divides the work among child processes.</summary>
    /// <param name="args">What is asked.</param>
    /// <param name="hear">Hears every line that they say.</param>
    /// <param name="planted">The defect to be planted.</param>
    public static async Task<Totals> RunInChildrenAsync(string[] args, Action<string> hear, PlantedBug planted = PlantedBug.None)
    {
        var children = args is ["--replay", ..] ? 1 : Environment.ProcessorCount;
        var totals = await Task.WhenAll(Enumerable.Range(0, children).Select(part =>
            RunChildAsync([.. args, "--part", $"{part}", "--of", $"{children}", "--plant", $"{planted}"], hear)));
        var sum = totals.Aggregate(new Totals(), (left, right) => left + right);
        hear($"{sum.Runs} runs, {sum.Calls} calls, {sum.Faults} faults, {sum.Recovered} recovered, {sum.Failures} failed, all events {sum.Digest:x16}");
        return sum;
    }

    private static async Task<Totals> RunChildAsync(string[] args, Action<string> hear)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "MailFunctions.Simulation")) { RedirectStandardOutput = true };
        foreach (var argument in args)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in Settings)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var totals = new Totals { Failures = 1 };
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Totals.TryParse(line) is { } parsed)
                totals = parsed;
            else
                hear(line);
        }
        await process.WaitForExitAsync();
        return totals;
    }

    private static async Task<int> WorkAsync(string[] args)
    {
        string Option(string name, string otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? args[at + 1] : otherwise;
        int Number(string name, int otherwise) => int.Parse(Option(name, $"{otherwise}"), CultureInfo.InvariantCulture);

        var run = new SimRun(await Setup.RecordAsync());
        var planted = Enum.Parse<PlantedBug>(Option("--plant", "None"));
        if (args[0] == "--replay")
        {
            var result = await RunSpec.Parse(args[1]).RunAsync(run, keepsLog: true);
            foreach (var line in result.Log)
                Console.Write(line);
            foreach (var violation in result.Violations)
                Console.WriteLine(violation);
            Console.WriteLine($"hash {result.Hash}");
            return Finish(new Totals().Add(result));
        }
        var totals = new Totals();
        var enough = Number("--enough", 5); // failures to work on
        var (part, parts) = (Number("--part", 0), Number("--of", 1));
        var specs = args[0] == "--seeds"
            ? ToAsync(Enumerable.Range(Number("--from", 0), int.Parse(args[1], CultureInfo.InvariantCulture)).Where(seed => seed % parts == part)
                .Select(seed => RunSpec.OfSeed(seed, planted)))
            : SinglesAsync(run, Option("--only", ""), part, parts, planted);
        await foreach (var spec in specs)
        {
            var result = await spec.RunAsync(run);
            totals = totals.Add(result);
            foreach (var violation in result.Violations.Take(3))
                Console.WriteLine($"{spec}: {violation}");
            if (result.Violations.Count > 0)
                Console.WriteLine($"  again: dotnet run -c Release --project tests/Simulation -- --replay {spec}");
            if (totals.Failures >= enough)
                break;
            if (totals.Runs % RunsBetweenWords == 0)
                Console.WriteLine($"part {part} of {parts}: {totals.Runs} runs, {totals.Failures} failed, the last {spec}; --from {spec.Seed + 1} goes on");
        }
        return Finish(totals);
    }

    private static int Finish(Totals totals)
    {
        Console.WriteLine(totals.Print());
        return totals.Failures == 0 ? 0 : 1;
    }

    // Every call of every scenario, each broken in every way; every session of a server at every stage; every read of a client.
    private static async IAsyncEnumerable<RunSpec> SinglesAsync(SimRun run, string only, int part, int parts, PlantedBug planted)
    {
        var number = 0;
        foreach (var scenario in Scenario.All.Where(scenario => only is "" || only == scenario.Name))
        {
            var calm = RunSpec.Calm(scenario, planted: planted);
            if (part == 0)
                yield return calm;
            var whole = await calm.RunAsync(run);
            var broken = Enumerable.Range(0, whole.Calls).SelectMany(call => FaultPlan.Kinds.Select(kind => RunSpec.Single(scenario, call, kind, planted)))
                .Concat(Enumerable.Range(0, whole.Reads).Select(read => RunSpec.Client(scenario, read)))
                .Concat(Enumerable.Range(0, whole.Sessions).SelectMany(session => SimNetwork.Stages.SelectMany(
                    stage => Enum.GetValues<PeerFault>().Select(fault => RunSpec.Server(scenario, session, stage, fault)))));
            foreach (var spec in broken)
            {
                if (number++ % parts == part)
                    yield return spec;
            }
        }
    }

    private static async IAsyncEnumerable<RunSpec> ToAsync(IEnumerable<RunSpec> specs)
    {
        foreach (var spec in specs)
            yield return spec;
        await Task.CompletedTask;
    }
}

/// <summary>The sums over many runs.</summary>
internal readonly record struct Totals
{
    private const string Start = "totals ";

    /// <summary>How many runs.</summary>
    public int Runs { get; init; }

    /// <summary>How many calls to storage.</summary>
    public long Calls { get; init; }

    /// <summary>How many of them went wrong.</summary>
    public long Faults { get; init; }

    /// <summary>Messages committed, and so delivered, of which the client was never told.</summary>
    public long Recovered { get; init; }

    /// <summary>Runs with something to be said against them.</summary>
    public int Failures { get; init; }

    /// <summary>The hashes of all runs, one over the other: the same for the same runs in whatever order.</summary>
    public ulong Digest { get; init; }

    /// <summary>Adds a run.</summary>
    public Totals Add(RunResult run) => this + new Totals
    {
        Runs = 1, Calls = run.Calls, Faults = run.Faults, Recovered = run.Recovered, Failures = run.Violations.Count > 0 ? 1 : 0,
        Digest = ulong.Parse(run.Hash.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
    };

    /// <summary>As a line.</summary>
    public string Print() => string.Create(CultureInfo.InvariantCulture, $"{Start}{Runs} {Calls} {Faults} {Recovered} {Failures} {Digest}");

    /// <summary>Reads the line, or gives null.</summary>
    public static Totals? TryParse(string line)
    {
        if (!line.StartsWith(Start, StringComparison.Ordinal))
            return null;
        var numbers = line[Start.Length..].Split(' ').Select(text => ulong.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return new Totals
        {
            Runs = (int)numbers[0], Calls = (long)numbers[1], Faults = (long)numbers[2], Recovered = (long)numbers[3], Failures = (int)numbers[4], Digest = numbers[5],
        };
    }

    /// <summary>The sums of two.</summary>
    public static Totals operator +(Totals left, Totals right) => new()
    {
        Runs = left.Runs + right.Runs, Calls = left.Calls + right.Calls, Faults = left.Faults + right.Faults, Recovered = left.Recovered + right.Recovered,
        Failures = left.Failures + right.Failures, Digest = left.Digest ^ right.Digest,
    };
}
