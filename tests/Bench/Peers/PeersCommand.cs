// The benchmark against other mail servers: all of them under the same load, one after the other, in one run.
using System.Globalization;

namespace MailFunctions.Bench.Peers;

/// <summary>Runs the loads and prints a Markdown table. A peer that is not installed is left out, saying so.</summary>
internal static class PeersCommand
{
    /// <summary>The word on the command line.</summary>
    public const string Word = "peers";

    private const string Usage =
        "peers [--published FOLDER]... [--only NAME]...  FOLDER holds gateway/ and functions/ as published before; --only ours, postfix or haraka.";

    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        if (arguments.Length % 2 != 0 || arguments.Chunk(2).Any(pair => pair[0] is not ("--published" or "--only")))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }
        if (!File.Exists(Load.Program))
        {
            await Console.Error.WriteLineAsync($"{Load.Program} is missing: install Debian's package postfix.");
            return 2;
        }
        var folders = Values(arguments, "--published");
        var only = Values(arguments, "--only");
        var columns = new List<Column>();
        if (Wants(only, "postfix"))
        {
            foreach (var deliver in new[] { false, true })
            {
                columns.Add(await MeasureAsync(
                    async () => PostfixPeer.Missing is { } missing ? Skip(missing) : await PostfixPeer.StartAsync(deliver, cancellationToken),
                    cancellationToken));
            }
        }
        if (Wants(only, "haraka"))
        {
            columns.Add(await MeasureAsync(
                async () => await HarakaPeer.StartAsync(cancellationToken) ?? Skip("Haraka could not be installed"), cancellationToken));
        }
        if (Wants(only, "ours"))
        {
            foreach (var folder in folders.Count > 0 ? folders : [await OurSystem.PublishAsync(cancellationToken)])
                columns.Add(await MeasureAsync(async () => await OurSystem.StartAsync(folder, cancellationToken), cancellationToken) with { Folder = folder });
        }
        PeersTable.Write(Console.Out, [.. columns.Where(column => column.Results.Count > 0)]);
        return 0;
    }

    private static async Task<Column> MeasureAsync(Func<Task<MailServer?>> startAsync, CancellationToken cancellationToken)
    {
        await using var server = await startAsync();
        if (server is null)
            return new Column("", [], [], null);
        Tell($"{server.Name}: smtp-source {string.Join(' ', Load.WarmUp.Arguments(server.Port))} (to warm up)");
        await Load.WarmUp.RunAsync(server, cancellationToken);
        var results = new List<LoadResult>();
        foreach (var load in Load.Table)
        {
            var result = await load.RunAsync(server, cancellationToken);
            results.Add(result);
            var costs = string.Join(", ", result.Costs.Select(cost => string.Create(CultureInfo.InvariantCulture, $"{cost.Part} {cost.Seconds:F3} s")));
            Tell($"{server.Name}: {load}: {result.Accepted:F0} accepted/s, {result.Done:F0} delivered/s, {costs}");
        }
        foreach (var (_, id) in server.Processes)
            ProcessCosts.ResetPeak(id);
        await Load.FourLarge.RunAsync(server, cancellationToken);
        var peaks = server.Processes.Select(process => (process.Part, ProcessCosts.PeakOctets(process.Id), ProcessCosts.OwnOctets(process.Id))).ToList();
        return new Column(server.Name, results, peaks, server is OurSystem ours ? await Latency.MeasureAsync(ours, cancellationToken) : null);
    }

    private static MailServer? Skip(string why)
    {
        Tell($"Skipped: {why}.");
        return null;
    }

    private static void Tell(FormattableString line) => Console.Error.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static List<string> Values(string[] arguments, string option) =>
        [.. arguments.Chunk(2).Where(pair => pair[0] == option).Select(pair => pair[1])];

    private static bool Wants(List<string> only, string name) => only.Count == 0 || only.Contains(name);
}

/// <summary>What was measured of a server.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Results">The loads, in the order of <see cref="Load.Table"/>.</param>
/// <param name="Peaks">The most octets resident under <see cref="Load.FourLarge"/>, and those behind it that are no pages of files.</param>
/// <param name="Latency">Milliseconds from the 250 to POP3, where there is POP3.</param>
internal sealed record Column(
    string Name, IReadOnlyList<LoadResult> Results, IReadOnlyList<(string Part, long Peak, long Own)> Peaks, (double Median, double Longest)? Latency)
{
    /// <summary>The published programs it is about, if it is about ours.</summary>
    public string? Folder { get; init; }
}
