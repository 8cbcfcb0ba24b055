// The function app as it was built, run as a process of its own.
using System.Diagnostics;

namespace MailFunctions.Pipeline.Functions;

/// <summary>The program that the Functions host starts.</summary>
internal sealed class FunctionAppProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private FunctionAppProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Where it was built to: the same configuration and framework as these tests.</summary>
    public static string Folder { get; } = Path.Combine(
        Rig.AzuriteServer.RepositoryRoot, "functions", "App", "bin", Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(AppContext.BaseDirectory)!)!),
        Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)));

    public int Id => _process.Id;

    public static FunctionAppProcess Start(params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Path.Combine(Folder, "MailFunctions.App"))
        {
            WorkingDirectory = Folder, RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false,
        };
        start.Environment["Mail__Relay__Hold"] = "true"; // nothing leaves the tests
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new FunctionAppProcess(Process.Start(start)!);
    }

    /// <summary>Waits for its end.</summary>
    public async Task<(int ExitCode, string Errors)> EndAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(limit.Token);
        return (_process.ExitCode, await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
