// How long the published function app takes from its start to its first invocation served.
using System.Diagnostics;
using MailFunctions.Rig;

namespace MailFunctions.Bench;

/// <summary>Ten starts of what 'dotnet publish' makes; the budget is 0.5 s.</summary>
internal static class FunctionStart
{
    private const int Starts = 10;

    /// <summary>Publishes and measures.</summary>
    public static async Task<string> MeasureAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("published-").FullName;
        try
        {
            var project = Path.Combine(AzuriteServer.RepositoryRoot, "functions/App");
            string[] arguments = ["publish", project, "-c", "Release", "-v", "q", "--artifacts-path", $"{folder}/made", "-o", $"{folder}/app"];
            using var publish = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
            await publish.StandardOutput.ReadToEndAsync(cancellationToken);
            await publish.WaitForExitAsync(cancellationToken);
            if (publish.ExitCode != 0)
                throw new InvalidOperationException("dotnet publish failed.");
            var starts = new List<double>();
            for (var start = 0; start < Starts; start++)
                starts.Add((await FunctionAppStart.MeasureAsync($"{folder}/app")).TotalMilliseconds);
            starts.Sort();
            return FormattableString.Invariant($"{starts[0]:0} ms at best, {starts[Starts / 2]:0} ms in the middle of {Starts} starts, to the first invocation served");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
