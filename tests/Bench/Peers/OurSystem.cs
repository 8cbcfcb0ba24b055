// MailFunctions itself: gateway and function app as they are published, the embedded Functions host, and the storage stub in a process of its own.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MailFunctions.Local;
using MailFunctions.Rig;
using Microsoft.Extensions.Logging;

namespace MailFunctions.Bench.Peers;

/// <summary>
/// The whole system on ports and in a folder of its own. Of its processes the gateway and the function app count; host and storage are the platform's.
/// </summary>
internal sealed class OurSystem : MailServer
{
    /// <summary>The word on the command line that makes this program a local run of published programs: the folder follows, then its own options.</summary>
    public const string HostWord = "published-run";

    /// <summary>The password of the recipient.</summary>
    public const string Password = "correct horse battery";

    private readonly string _folder;
    private readonly ServerProcess _stub;
    private readonly ServerProcess _run;
    private readonly JsonElement _ready;
    private readonly HttpClient _client = new();
    private readonly Uri _control;

    private OurSystem(string folder, ServerProcess stub, ServerProcess run, JsonElement ready, int stubPort)
        : base("MailFunctions", PortOf(ready, "smtp"))
    {
        _folder = folder;
        _stub = stub;
        _run = run;
        _ready = ready;
        _control = new Uri($"http://127.0.0.1:{stubPort}/");
    }

    /// <summary>Where mail is fetched.</summary>
    public int Pop3Port => PortOf(_ready, "pop3");

    /// <inheritdoc/>
    public override IReadOnlyList<(string Part, int Id)> Processes => [("gateway", Id("gateway")), ("function app", Id("functions"))];

    /// <inheritdoc/>
    public override IReadOnlyList<(string Part, double Seconds)> Around() =>
    [
        ("storage", ProcessCosts.CpuSeconds(_stub.Id)),
        ("host", ProcessCosts.CpuSeconds(_run.Id) - Processes.Sum(process => ProcessCosts.CpuSeconds(process.Id))), // they are its children
    ];

    /// <summary>Publishes both programs as they are deployed, compiled ahead, into a folder that the next run brings up to date.</summary>
    public static async Task<string> PublishAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Path.GetTempPath(), "mailfunctions-bench-published");
        foreach (var (project, name) in new[] { ("gateway/Gateway.csproj", "gateway"), ("functions/App/App.csproj", "functions") })
        {
            var path = Path.Combine(AzuriteServer.RepositoryRoot, project);
            string[] arguments = [path, "-c", "Release", "--nologo", "-v", "q", "-o", Path.Combine(folder, name)];
            using var publish = Process.Start("dotnet", ["publish", .. arguments]);
            await publish.WaitForExitAsync(cancellationToken);
            if (publish.ExitCode != 0)
                throw new InvalidOperationException($"{project} could not be published.");
        }
        return folder;
    }

    /// <summary>Starts everything and waits until it serves.</summary>
    /// <param name="published">The folder with <c>gateway</c> and <c>functions</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<OurSystem> StartAsync(string published, CancellationToken cancellationToken) =>
        StartAsync(published, new SystemSetup { Options = ["--account", $"{Recipient}={Password}"] }, cancellationToken);

    /// <summary>The same, otherwise than for the benchmark.</summary>
    public static async Task<OurSystem> StartAsync(string published, SystemSetup setup, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("bench-mailfunctions-").FullName;
        var port = AzuriteServer.FreePorts(2);
        var self = Environment.ProcessPath!;
        var stub = await ServerProcess.StartAsync(new ChildCommand(self, [StorageStub.Word, $"{port}", .. setup.StubOptions]));
        while (AzuriteServer.IsFree(port) && !stub.Exited.IsCompleted)
            await Task.Delay(20, cancellationToken);
        var ready = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        var command = new ChildCommand(self,
        [
            HostWord, published, "--data", folder, "--storage", StorageStub.ConnectionString(port), "--port-offset", $"{LocalSystem.FreeOffset()}",
            .. setup.Options,
        ])
        {
            OrphanSignal = "TERM",
            Environment = new Dictionary<string, string>(setup.Environment)
            {
                ["Mail__Limits__ConnectionsPerAddress"] = "2000", ["Mail__Limits__ConnectionsPerPrefix"] = "2000", // all the load comes from one address
            },
        };
        var run = await ServerProcess.StartAsync(command, line =>
        {
            if (!line.StartsWith("ready ", StringComparison.Ordinal))
                return;
            using var json = JsonDocument.Parse(line["ready ".Length..]);
            ready.TrySetResult(json.RootElement.Clone());
        });
        if (await Task.WhenAny(ready.Task, run.Exited).WaitAsync(cancellationToken) != ready.Task)
            throw new InvalidOperationException($"MailFunctions did not start.\n{run.Said}\n{stub.Said}");
        return new OurSystem(folder, stub, run, await ready.Task, port);
    }

    /// <summary>The local run, with the published programs in place of those that were built beside it.</summary>
    public static async Task<int> RunHostAsync(string published, string[] options, CancellationToken stopping)
    {
        var built = BuiltPaths.Current with
        {
            AppFolder = Path.Combine(published, "functions"), Gateway = Path.Combine(published, "gateway", "MailFunctions.Gateway"),
        };
        using var logs = LoggerFactory.Create(logging => logging.AddFilter("", LogLevel.Warning).AddSimpleConsole());
        var output = new Output(Console.Out, Console.Error);
        var command = new Local.CommandLine(read => new LocalRun(read, built, output, logs, TimeProvider.System).RunAsync(stopping));
        return await command.RunAsync(options, Console.Error);
    }

    /// <summary>What the two processes and the storage have said lately.</summary>
    public string Said => $"{_run.Said}\n{_stub.Said}";

    /// <summary>Asks the storage stub one of the questions that it answers beside its services.</summary>
    public Task<string> AskStorageAsync(string question, CancellationToken cancellationToken) =>
        _client.GetStringAsync(new Uri(_control, question), cancellationToken);

    /// <inheritdoc/>
    public override async Task ForgetMailAsync(CancellationToken cancellationToken) =>
        await AskStorageAsync("forget", cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _run.DisposeAsync();
        await _stub.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <inheritdoc/>
    protected override async ValueTask<bool> IsDrainedAsync(CancellationToken cancellationToken)
    {
        if (_stub.Exited.IsCompleted || _run.Exited.IsCompleted)
            throw new InvalidOperationException($"MailFunctions has ended.\n{Said}");
        return await AskStorageAsync("left", cancellationToken) == "0";
    }

    private int Id(string program)
    {
        using var pids = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, "pids.json")));
        return pids.RootElement.GetProperty(program).GetInt32();
    }

    private static int PortOf(JsonElement ready, string name) => int.Parse(ready.GetProperty(name).GetString()!.Split(':')[1], CultureInfo.InvariantCulture);
}

/// <summary>What a system is started with beside what it always has.</summary>
internal sealed record SystemSetup
{
    /// <summary>Options of the local run.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Options of the storage stub (<see cref="StubFaults.Read"/>).</summary>
    public IReadOnlyList<string> StubOptions { get; init; } = [];

    /// <summary>Settings of both programs.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
