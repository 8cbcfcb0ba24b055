// mailctl as the process that an operator starts.
using System.Diagnostics;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Mailctl;

internal static class MailctlProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>The program as it was built with the tests, among its own libraries.</summary>
    public static string Program { get; } = Path.Combine(
        AzuriteServer.RepositoryRoot, "infra", "mailctl", Path.GetRelativePath(Path.Combine(AzuriteServer.RepositoryRoot, "tests", "Pipeline"), AppContext.BaseDirectory),
        "mailctl.dll");

    /// <summary>Runs it to its end.</summary>
    public static Task<(int Code, string Output, string Error)> RunAsync(
        IEnumerable<string> arguments, string input = "", IReadOnlyDictionary<string, string?>? environment = null) =>
        RunAsync("dotnet", [Program, .. arguments], input, environment);

    /// <summary>Runs a program to its end, with the environment of this process less what mailctl would read of it.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(
        string program, IEnumerable<string> arguments, string input, IReadOnlyDictionary<string, string?>? environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment.Remove("Mail__Storage");
        start.Environment.Remove("DOTNET_ENVIRONMENT");
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading what it did not need.
        }
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
        return (process.ExitCode, await output, await error);
    }
}
