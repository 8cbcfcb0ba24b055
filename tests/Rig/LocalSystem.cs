// The whole system as its users start it: the local run as a process of its own, on ports and in a folder that no other test has.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace MailFunctions.Rig;

/// <summary>A running local run. Disposing stops it by SIGTERM and waits.</summary>
public sealed class LocalSystem : IAsyncDisposable
{
    /// <summary>The password of every account here.</summary>
    public const string Password = "correct horse battery";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = [];
    private readonly TaskCompletionSource<JsonElement> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JsonElement _ports;

    private LocalSystem(Process process, string folder)
    {
        _process = process;
        Folder = folder;
    }

    /// <summary>The folder given as --data.</summary>
    public string Folder { get; }

    /// <summary>The connection string of its storage.</summary>
    public string Storage => _ports.GetProperty("storage").GetString()!;

    /// <summary>The base address of the function app's HTTP routes.</summary>
    public Uri Web => new(_ports.GetProperty("web").GetString()!);

    /// <summary>The folder of published programs that the environment names in <c>PUBLISHED</c>: all systems are to be made of them.</summary>
    public static string? Published => Environment.GetEnvironmentVariable("PUBLISHED") is { Length: > 0 } folder ? folder : null;

    /// <summary>What all processes said so far.</summary>
    public IReadOnlyCollection<string> Log => _log;

    /// <summary>The port of a listener by its name in the ready line.</summary>
    public int Port(string name) =>
        int.Parse(_ports.GetProperty(name).GetString()!.Split(':')[1], CultureInfo.InvariantCulture);

    /// <summary>The process id of <c>gateway</c>, <c>functions</c> or <c>azurite</c> right now.</summary>
    public int Pid(string program)
    {
        using var pids = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "pids.json")));
        return pids.RootElement.GetProperty(program).GetInt32();
    }

    /// <summary>
    /// Starts it with accounts alice, bob, carol and dave at example.test and waits for its ready line.
    /// </summary>
    /// <param name="options">More options of the command.</param>
    /// <param name="environment">More environment.</param>
    /// <param name="published">A folder with <c>gateway</c> and <c>functions</c> to be run; if not given <see cref="Published"/>, and without that what was built.</param>
    public static async Task<LocalSystem> StartAsync(
        string[]? options = null, IReadOnlyDictionary<string, string>? environment = null, string? published = null)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                string[] programs = (published ?? Published) is { } folder ? ["--published", folder] : [];
                return await StartOnceAsync([.. programs, .. options ?? []], environment ?? new Dictionary<string, string>());
            }
            catch (InvalidOperationException error) when (tries < 3 && error.Message.Contains("is taken", StringComparison.Ordinal))
            {
                // another test of this machine took one of the ports in between
            }
        }
    }

    private static async Task<LocalSystem> StartOnceAsync(string[] options, IReadOnlyDictionary<string, string> environment)
    {
        var folder = Directory.CreateTempSubdirectory("mailfunctions-").FullName;
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var program = Path.Combine(AzuriteServer.RepositoryRoot, "infra", "local", "bin", configuration, "net10.0", "MailFunctions.Local.dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        string[] arguments =
        [
            program, "--data", folder, "--port-offset", $"{FreeOffset()}",
            .. new[] { "alice", "bob", "carol", "dave" }.SelectMany(name => new[] { "--account", $"{name}@example.test={Password}" }),
            .. options,
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var system = new LocalSystem(Process.Start(start)!, folder);
        system._process.OutputDataReceived += (_, line) => system.Hear(line.Data);
        system._process.ErrorDataReceived += (_, line) => system.Hear(line.Data);
        system._process.BeginOutputReadLine();
        system._process.BeginErrorReadLine();
        try
        {
            var ended = system._process.WaitForExitAsync();
            if (await Task.WhenAny(system._ready.Task, ended).WaitAsync(Patience) == ended)
                throw new InvalidOperationException("The local run ended: " + string.Join('\n', system._log));
            system._ports = await system._ready.Task;
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills a program with SIGKILL; it may take a moment until it is gone.</summary>
    public async Task KillAsync(string program) => await SignalAsync("-KILL", Pid(program));

    /// <summary>Sends a signal to a process, and does not wait for what comes of it.</summary>
    public static async Task SignalAsync(string signal, int pid)
    {
        using var kill = Process.Start("kill", [signal, $"{pid}"]);
        await kill.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await SignalAsync("-TERM", _process.Id);
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>An offset at which every port of a local run is free now; below the range that the kernel hands out to clients.</summary>
    public static int FreeOffset()
    {
        int[] bases = [2525, 2587, 2465, 2110, 2995, 2080, 10_000, 10_001, 10_002];
        for (; ; )
        {
            var offset = Random.Shared.Next(10_000, 20_000);
            if (bases.All(number => AzuriteServer.IsFree(number + offset)))
                return offset;
        }
    }

    private void Hear(string? line)
    {
        if (line is null)
            return;
        _log.Enqueue(line);
        if (line.StartsWith("ready ", StringComparison.Ordinal))
        {
            using var ready = JsonDocument.Parse(line["ready ".Length..]);
            _ready.TrySetResult(ready.RootElement.Clone());
        }
    }
}
