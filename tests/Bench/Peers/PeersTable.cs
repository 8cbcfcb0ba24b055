// The table of the benchmark against other mail servers, in Markdown.
using System.Globalization;

namespace MailFunctions.Bench.Peers;

/// <summary>A row a load and server; the ratios are those of this run.</summary>
internal static class PeersTable
{
    /// <summary>Writes it.</summary>
    public static void Write(TextWriter to, IReadOnlyList<Column> columns)
    {
        var discarding = columns.FirstOrDefault(column => column.Name.EndsWith("discarding", StringComparison.Ordinal));
        var delivering = columns.FirstOrDefault(column => column.Name.EndsWith("delivering", StringComparison.Ordinal));
        var haraka = columns.FirstOrDefault(column => column.Name.StartsWith("Haraka", StringComparison.Ordinal));
        to.WriteLine(
            "| sessions × length | server | accepted/s | delivered/s | CPU s per 1,000 | gateway's CPU : Postfix discarding | "
            + "all CPU : Postfix delivering, : Haraka | accepted/s : Postfix discarding, : Postfix delivering, : Haraka |");
        to.WriteLine("|---|---|---|---|---|---|---|---|");
        for (var i = 0; i < Load.Table.Count; i++)
        {
            foreach (var column in columns)
            {
                var result = column.Results[i];
                var parts = result.Costs.Count > 1 ? $" ({string.Join(", ", result.Costs.Select(cost => $"{cost.Part} {Number(cost.Seconds)}"))})" : "";
                var ratios = column.Latency is null ? " | | " : string.Join(" | ",
                [
                    Ratio(result.Costs[0].Seconds, discarding?.Results[i].Cost),
                    $"{Ratio(result.Cost, delivering?.Results[i].Cost)}, {Ratio(result.Cost, haraka?.Results[i].Cost)}",
                    string.Join(", ", new[] { discarding, delivering, haraka }.Select(peer => Ratio(result.Accepted, peer?.Results[i].Accepted))),
                ]);
                to.WriteLine(
                    $"| {result.Load} | {column.Name} | {Number(result.Accepted)} | {Number(result.Done)} | {Number(result.Cost)}{parts} | {ratios} |");
            }
        }
        to.WriteLine();
        foreach (var column in columns)
        {
            var peaks = string.Join(", ", column.Peaks.Select(peak => $"{peak.Part} {peak.Peak >> 20} MiB ({peak.Own >> 20} not of files)"));
            var folder = column.Folder is null ? "" : $" of {column.Folder}";
            to.WriteLine($"- {column.Name}{folder}: peak resident memory with {Load.FourLarge} at once: {peaks}.");
            if (column.Latency is var (median, longest))
                to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  From 250 to POP3 at idle: median of 50 {median:F0} ms, longest {longest:F0} ms."));
        }
        to.WriteLine();
        to.WriteLine("CPU s per 1,000 of what shares the machine and is not the server's:");
        foreach (var column in columns)
        {
            var loads = column.Results.Select(
                result => $"{result.Load}: {string.Join(", ", result.Around.Select(part => $"{part.Part} {Number(part.Seconds)}"))}");
            to.WriteLine($"- {column.Name}: {string.Join(" · ", loads)}");
        }
    }

    private static string Number(double value) => value.ToString(value switch { >= 100 => "F0", >= 10 => "F1", _ => "F2" }, CultureInfo.InvariantCulture);

    private static string Ratio(double ours, double? theirs) => theirs is { } other ? Number(ours / other) : "–";
}
