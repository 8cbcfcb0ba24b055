// mailctl as the process that an operator starts.
using System.Diagnostics;
using System.Text;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Mailctl;

internal static class MailctlProcess
{
    /// <summary>What makes a terminal for a program, from util-linux.</summary>
    public const string TerminalMaker = "/usr/bin/script";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // As it was built with the tests, among its own libraries.
    private static readonly string Program = Path.Combine(
        AzuriteServer.RepositoryRoot, "infra", "mailctl",
        Path.GetRelativePath(Path.Combine(AzuriteServer.RepositoryRoot, "tests", "Pipeline"), AppContext.BaseDirectory), "mailctl.dll");

    /// <summary>The body of a function by which a shell runs it.</summary>
    public static string AsShellFunction => $"{{ dotnet '{Program}' \"$@\"; }}";

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(
        IEnumerable<string> arguments, string input = "", params (string Name, string Value)[] environment)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var process = Start("dotnet", [Program, .. arguments], environment);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await WriteAsync(process, input, limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            Stop(process);
        }
    }

    /// <summary>Runs it at a terminal, where each reply is typed when its prompt has appeared.</summary>
    /// <returns>The exit code and everything that the terminal showed.</returns>
    public static async Task<(int Code, string Shown)> RunAtTerminalAsync(
        string arguments, string storage, params (string Prompt, string Reply)[] dialogue)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var process = Start(TerminalMaker, ["-qec", $"dotnet {Program} {arguments}", "/dev/null"], [("Mail__Storage", storage), ("TERM", "xterm")]);
        try
        {
            var shown = new StringBuilder();
            var buffer = new char[1000];
            foreach (var (prompt, reply) in dialogue)
            {
                while (!shown.ToString().Contains(prompt, StringComparison.Ordinal)
                    && await process.StandardOutput.ReadAsync(buffer, limit.Token) is > 0 and var count)
                {
                    shown.Append(buffer, 0, count);
                }
                await WriteAsync(process, $"{reply}\r", limit.Token);
            }
            shown.Append(await process.StandardOutput.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, shown.ToString());
        }
        finally
        {
            Stop(process);
        }
    }

    // With the environment of this process less what mailctl would read of it.
    private static Process Start(string program, IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment.Remove("Mail__Storage");
        start.Environment.Remove("DOTNET_ENVIRONMENT");
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started.");
    }

    private static async Task WriteAsync(Process process, string text, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(text.AsMemory(), cancellationToken);
            await process.StandardInput.FlushAsync(cancellationToken);
        }
        catch (IOException)
        {
            // It ended without reading what it did not need.
        }
    }

    private static void Stop(Process process)
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
    }
}
