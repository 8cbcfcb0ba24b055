// One local run, from the first check to the last stop.
using MailFunctions.Local.Host;
using MailFunctions.Mail.Stores;
using MailFunctions.Storage;

namespace MailFunctions.Local;

/// <summary>
/// Starts storage, directory entries, function app and gateway in this order, tells when every port answers, and stops them in the reverse order.
/// </summary>
internal sealed class LocalRun(LocalOptions options, BuiltPaths built, Output output, ILoggerFactory logs, TimeProvider time)
{
    private const int Failed = 1;

    // The gateway answers 421 to what is under way within 30 s of its SIGTERM.
    private static readonly TimeSpan GatewayStopLimit = TimeSpan.FromSeconds(35);

    private readonly Ports _ports = new(options.PortOffset);

    /// <summary>Runs until stopped.</summary>
    /// <returns>0 when stopped, 1 when something could not be started or storage was lost; then the reason has been told.</returns>
    public async Task<int> RunAsync(CancellationToken stopping)
    {
        if (_ports.FindTaken(options.Storage is null) is { } taken)
            return Fail(taken);
        Directory.CreateDirectory(options.DataFolder);
        using var folder = DataFolderLock.TryTake(options.DataFolder);
        if (folder is null)
            return Fail($"Another local run uses {options.DataFolder}: stop it, or use --data to keep this one's files elsewhere.");
        if (options.Storage is { } storage)
            return await RunOnAsync(storage, null, stopping);

        var packages = new NodePackages(built.LocalFolder);
        AzuriteProcess azurite;
        try
        {
            if (await packages.EnsureAsync(line => output.Tell("local", line), stopping) is { } missing)
                return Fail(missing);
            azurite = await AzuriteProcess.StartAsync(packages.Modules, Path.Combine(options.DataFolder, "azurite"), _ports.Azurite, null, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return 0;
        }
        catch (InvalidOperationException trouble)
        {
            return Fail(trouble.Message);
        }
        await using (azurite)
            return await RunOnAsync(azurite.ConnectionString, azurite, stopping);
    }

    private async Task<int> RunOnAsync(string storage, AzuriteProcess? azurite, CancellationToken stopping)
    {
        var certificate = Path.Combine(options.DataFolder, "tls.pem");
        var environment = new ChildEnvironment(
            options, storage, certificate, LocalSrsKey.Ensure(Path.Combine(options.DataFolder, "srs.key")), ChildEnvironment.Own);
        LocalCertificate.Ensure(certificate, [environment.Hostname, .. options.Domains.Select(domain => domain.Text)], time.GetUtcNow());
        using var pids = new PidFile(Path.Combine(options.DataFolder, "pids.json"), azurite?.Id);
        using var stopFunctions = new CancellationTokenSource();
        using var stopGateway = new CancellationTokenSource();
        using var stopWaiting = new CancellationTokenSource();
        Task functions = Task.CompletedTask, gateway = Task.CompletedTask;
        try
        {
            using var stores = MailStores.Open(new StorageOptions { Storage = storage }, Environments.Development);
            var accounts = await new DirectorySeed(stores).ApplyAsync(options, stopping);
            functions = RunFunctionsAsync(environment, storage, pids, stopFunctions.Token);
            gateway = new KeptProgram(
                "gateway", new ChildCommand(built.Gateway, []) { Environment = environment.ForGateway() }, pids.SetGatewayAsync, output,
                GatewayStopLimit, options.RestartPause, time).RunAsync(stopGateway.Token);
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping, stopWaiting.Token);
            var answers = new Readiness(_ports, time).WaitAsync(waiting.Token);
            Task lost = azurite?.Exited ?? Task.Delay(Timeout.InfiniteTimeSpan, waiting.Token);
            if (await Task.WhenAny(answers, functions, gateway, lost) == answers)
            {
                if (await answers is { } silent)
                    return Fail(silent);
                foreach (var line in Announcement.Lines(options, accounts, certificate))
                    output.Announce(line);
                output.Announce(Ready(storage, pids).ToString());
            }
            await Task.WhenAny(functions, gateway, lost, Task.Delay(Timeout.InfiniteTimeSpan, stopping));
            if (!stopping.IsCancellationRequested)
                return Fail(await WhyEndedAsync(functions, azurite));
            return 0;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return 0;
        }
        catch (StoreUnavailableException trouble)
        {
            return Fail(azurite is null ? $"{trouble.Message} Is it the right storage account that --storage names, and can it be reached?" : trouble.Message);
        }
        finally
        {
            output.Tell("local", "Stopping.");
            await stopWaiting.CancelAsync();
            await stopGateway.CancelAsync();
            await gateway.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await stopFunctions.CancelAsync();
            await functions.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunFunctionsAsync(ChildEnvironment environment, string storage, PidFile pids, CancellationToken stopping)
    {
        var settings = new AppSettings([.. ChildEnvironment.Own.Where(own => !environment.ForFunctions().ContainsKey(own.Key)), .. environment.ForFunctions()]);
        if (options.UseFunc && FuncTool.Find() is { } func)
        {
            await new KeptProgram(
                "functions", FuncTool.Command(func, built.AppFolder, _ports.Web, environment.ForFunctions()), pids.SetFunctionsAsync, output,
                TimeSpan.FromSeconds(10), options.RestartPause, time).RunAsync(stopping);
            return;
        }
        if (options.UseFunc)
            output.Tell("local", "func is not on the PATH; the embedded host is used.");
        var app = FunctionApp.Load(built.AppFolder, settings);
        app = app with
        {
            Settings = app.Settings with
            {
                Queues = app.Settings.Queues with { MaxPollingInterval = TimeSpan.FromMilliseconds(100), Lease = options.Lease },
                // The shortest lease there is: after a crash the timers are not to wait a minute for the dead host's.
                Singleton = new SingletonSettings { LockPeriod = TimeSpan.FromSeconds(15), RecoveryInterval = TimeSpan.FromSeconds(2) },
            },
        };
        var host = new EmbeddedHost(
            new EmbeddedHostOptions
            {
                App = app,
                Storage = storage,
                WebPort = _ports.Web,
                ErrorLimit = options.HostErrors,
                RestartPause = options.RestartPause,
                Worker = new WorkerSurroundings(environment.ForFunctions(), pids.SetFunctionsAsync, line => output.Tell("functions", line)),
                NewId = Guid.NewGuid,
                Random = Random.Shared,
            },
            time,
            logs);
        await host.RunAsync(stopping);
    }

    private ReadyLine Ready(string storage, PidFile pids) => new(
        Ports.At(_ports.Smtp), Ports.At(_ports.Submission), Ports.At(_ports.Submissions), Ports.At(_ports.Pop3), Ports.At(_ports.Pop3s),
        $"http://{Ports.At(_ports.Web)}", storage, pids.Current);

    private static async Task<string> WhyEndedAsync(Task functions, AzuriteProcess? azurite)
    {
        if (azurite?.Exited.IsCompleted == true)
            return "Azurite has ended by itself. What was stored in its last seconds may be lost; start the local run again.";
        try
        {
            await functions;
        }
        catch (Exception trouble) when (trouble is InvalidDataException or IOException)
        {
            return $"The function app cannot run: {trouble.Message}";
        }
        return "A part of the local run has ended by itself.";
    }

    private int Fail(string reason)
    {
        output.Tell("local", reason);
        return Failed;
    }
}
