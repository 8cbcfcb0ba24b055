// The Azure Functions host, as far as this system needs it: worker, queues, timers and HTTP routes.
using Azure.Storage.Blobs;

namespace MailFunctions.Local.Host;

/// <summary>What the embedded host is told beside the app's own files.</summary>
internal sealed record EmbeddedHostOptions
{
    /// <summary>The app.</summary>
    public required FunctionApp App { get; init; }

    /// <summary>The host's own storage account: timers' leases and records.</summary>
    public required string Storage { get; init; }

    /// <summary>The name under which hosts that share a storage account know each other's timers.</summary>
    public string HostId { get; init; } = "mailfunctions-local";

    /// <summary>The port of the HTTP routes.</summary>
    public required int WebPort { get; init; }

    /// <summary>The worker failure that stops the host.</summary>
    public int ErrorLimit { get; init; } = 3;

    /// <summary>The longest pause before a worker that died is started again.</summary>
    public TimeSpan RestartPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How the worker is started and heard.</summary>
    public required WorkerSurroundings Worker { get; init; }

    /// <summary>Where ids come from.</summary>
    public required Func<Guid> NewId { get; init; }

    /// <summary>Where the polling's variation comes from.</summary>
    public required Random Random { get; init; }
}

/// <summary>
/// Runs a function app in the way of azure-functions-host. Where the platform would leave the app dead (an exit code 0, the third failure), this one
/// starts again at once.
/// </summary>
internal sealed class EmbeddedHost(EmbeddedHostOptions options, TimeProvider time, ILoggerFactory logs) : IWorkers
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);

    private readonly ILogger _log = logs.CreateLogger("host");
    private readonly UncountedReleases _releases = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource<WorkerProcess> _worker = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs until stopped: then no more messages are taken, those at work get a moment, and the worker is killed.</summary>
    /// <exception cref="InvalidDataException">The app's routes are not ones that the platform would serve safely.</exception>
    /// <exception cref="IOException">The web port is taken.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        var routes = new HttpRoutes(options.App);
        await using var front = await HttpFront.StartAsync(
            options.WebPort, routes, new HttpForwarder(this, options.NewId, time, _log), logs, stopping);
        _log.HostStarted(CountOf<FunctionTrigger.Queue>(), CountOf<FunctionTrigger.Timer>(), routes.Count);
        while (!stopping.IsCancellationRequested)
            await RunOnceAsync(stopping);
    }

    /// <inheritdoc/>
    public async Task<WorkerLife> CurrentAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<WorkerProcess> worker;
            lock (_gate)
                worker = _worker.Task;
            var process = await worker.WaitAsync(cancellationToken);
            try
            {
                return await process.CurrentAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // that host has stopped; another follows
                await Task.Delay(TimeSpan.FromMilliseconds(25), time, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public void Replace(WorkerLife life)
    {
        lock (_gate)
        {
            if (_worker.Task.IsCompletedSuccessfully)
                _worker.Task.Result.Replace(life);
        }
    }

    private async Task RunOnceAsync(CancellationToken stopping)
    {
        var errors = new WorkerErrors(options.ErrorLimit);
        var worker = new WorkerProcess(options.App, options.Worker, errors, new RestartPause(options.RestartPause, time), options.NewId, time, _log);
        lock (_gate)
            _worker.TrySetResult(worker);
        using var invoker = new Invoker(worker, options.App.Settings.FunctionTimeout, options.NewId, time, _log);
        using var listen = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var kill = new CancellationTokenSource();
        Task[] listening = [.. options.App.Functions.Select(function => ListenAsync(function, invoker, listen.Token))];
        var listeners = Task.WhenAll(listening);
        var working = worker.RunAsync(kill.Token);
        var stopped = Task.Delay(Timeout.InfiniteTimeSpan, listen.Token);
        // A listener ends early only by a bug, which must be seen.
        await Task.WhenAny([working, stopped, .. listening]);
        if (!stopping.IsCancellationRequested)
        {
            if (working.IsCompleted)
                _log.HostStops(errors.Count);
            await listen.CancelAsync();
        }
        else
        {
            // The platform gives invocations under way a grace before it kills the worker.
            using var drained = new CancellationTokenSource();
            await Task.WhenAny(listeners, Task.Delay(DrainLimit, time, drained.Token));
            await drained.CancelAsync();
        }
        await kill.CancelAsync();
        await working;
        await listeners;
        lock (_gate)
            _worker = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private Task ListenAsync(FunctionDefinition function, Invoker invoker, CancellationToken stopping) => function.Trigger switch
    {
        FunctionTrigger.Queue => new QueueListener(
            function, options.App.Settings.Queues, invoker, _releases, options.Random, time, _log).RunAsync(stopping),
        FunctionTrigger.Timer => new TimerListener(
            function, options.App.Settings.Singleton, new BlobContainerClient(options.Storage, "azure-webjobs-hosts"), options.HostId, invoker, time, _log)
            .RunAsync(stopping),
        _ => IdleAsync(stopping),
    };

    private static async Task IdleAsync(CancellationToken stopping) =>
        await Task.Delay(Timeout.InfiniteTimeSpan, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private int CountOf<TTrigger>() => options.App.Functions.Count(function => function.Trigger is TTrigger);
}
