// The hot paths one by one: what a line, a reply, an envelope or a message takes, and what it allocates.
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Order;
using BenchmarkDotNet.Running;
using Perfolizer.Horology;

namespace MailFunctions.Bench.HotPaths;

/// <summary>Runs the benchmarks of this folder; options are those of BenchmarkDotNet's command line.</summary>
internal static class HotCommand
{
    /// <summary>The word on the command line.</summary>
    public const string Word = "hot";

    private static readonly Type[] Paths =
    [
        typeof(LineReading), typeof(DotContent), typeof(CommandParsing), typeof(ReplyWriting), typeof(EnvelopeLine), typeof(DnsMessages),
        typeof(MimeSummaries), typeof(BlobLists),
    ];

    /// <summary>Runs them, all of them unless a filter is given.</summary>
    /// <returns>0 if all that were chosen have been measured; 1 if one of them failed; 2 if none was measured.</returns>
    public static async Task<int> RunAsync(string[] options, CancellationToken cancellationToken)
    {
        // Without a filter it would ask on the console.
        string[] filter = options.Any(option => option is "--filter" or "-f") ? [] : ["--filter", "*"];
        // In this process (the InProcessEmit toolchain) and not, as is usual, in a project made for each run: that would stand below this repository's
        // Directory.Build.props and be bound to its rules and package versions.
        string[] arguments = [.. options, .. filter, "--inProcess"];
        var switcher = BenchmarkSwitcher.FromTypes(Paths);
        var config = Config(hasJob: options.Any(option => option is "--job" or "-j"));
        var summaries = await Task.Run(() => switcher.Run(arguments, config).ToList(), cancellationToken).WaitAsync(cancellationToken);
        if (summaries.Count == 0)
            return 2;
        return summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
    }

    private static ManualConfig Config(bool hasJob)
    {
        var config = ManualConfig.CreateMinimumViable()
            .WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile)
            .WithOrderer(new DefaultOrderer(SummaryOrderPolicy.Declared))
            .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, Word));
        // Few and short, so that all of them take about two minutes. A default job would outdo the one on the command line.
        return hasJob
            ? config
            : config.AddJob(Job.Default.WithWarmupCount(10).WithIterationCount(20).WithIterationTime(TimeInterval.FromMilliseconds(100)).AsDefault());
    }
}
