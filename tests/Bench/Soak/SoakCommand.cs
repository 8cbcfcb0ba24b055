// The long run: a steady load on the published programs while storage and the other end fail all the time.
using System.Globalization;
using MailFunctions.Bench.Peers;
using MailFunctions.Rig;

namespace MailFunctions.Bench.Soak;

/// <summary>Reads the command line, runs, and says in a few lines what came of it.</summary>
internal static class SoakCommand
{
    /// <summary>The word on the command line.</summary>
    public const string Word = "soak";

    private const string Usage =
        "soak [--minutes 60] [--rate 50] [--faults 0.05] [--seed 1] [--published FOLDER]  FOLDER holds gateway/ and functions/ as published before.";

    /// <summary>Runs it.</summary>
    /// <returns>0 if nothing was lost or doubled and nothing has grown; 1 otherwise; 2 for a wrong command line.</returns>
    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        if (Read(arguments) is not { } plan)
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }
        if (NameServer.Program is null)
        {
            await Console.Error.WriteLineAsync("nsd is missing: install Debian's package nsd.");
            return 2;
        }
        plan = plan with { Published = plan.Published ?? await OurSystem.PublishAsync(cancellationToken) };
        return await SoakRun.RunAsync(plan, cancellationToken) ? 0 : 1;
    }

    private static SoakPlan? Read(string[] arguments)
    {
        var plan = new SoakPlan();
        if (arguments.Length % 2 != 0)
            return null;
        foreach (var pair in arguments.Chunk(2))
        {
            var isNumber = double.TryParse(pair[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
            SoakPlan? next = pair[0] switch
            {
                "--minutes" when number >= 1 => plan with { Minutes = (int)number },
                "--rate" when number is > 0 and <= 10_000 => plan with { Rate = number },
                "--faults" when isNumber && number <= 0.5 => plan with { Faults = number },
                "--seed" when isNumber => plan with { Seed = (int)number },
                "--published" => plan with { Published = Path.GetFullPath(pair[1]) },
                _ => null,
            };
            if (next is null)
                return null;
            plan = next;
        }
        return plan;
    }
}

/// <summary>What is to be run.</summary>
internal sealed record SoakPlan
{
    /// <summary>How long the load lasts.</summary>
    public int Minutes { get; init; } = 60;

    /// <summary>Messages a second.</summary>
    public double Rate { get; init; } = 50;

    /// <summary>The share of the calls to storage that go wrong.</summary>
    public double Faults { get; init; } = 0.05;

    /// <summary>Where all chance comes from.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The folder with the published programs; null to publish them.</summary>
    public string? Published { get; init; }
}
