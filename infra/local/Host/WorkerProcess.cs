// The custom handler's process: started, watched, killed and started again as the Functions host does.
using System.Net;
using System.Net.Sockets;

namespace MailFunctions.Local.Host;

/// <summary>What the worker is started with beside its command.</summary>
/// <param name="Environment">The app settings.</param>
/// <param name="Started">Called with the process id of each new worker before it runs.</param>
/// <param name="Said">Called with each line that it writes, standard error marked by true.</param>
internal sealed record WorkerSurroundings(
    IReadOnlyDictionary<string, string> Environment, Func<int, Task> Started, Action<string> Said);

/// <summary>
/// Keeps one worker running. An exit with code 200, and a kill by this host, count for nothing; any other failure counts towards
/// <see cref="WorkerErrors"/>. On the platform an exit with code 0 leaves the app without a worker; here it is started anew as well.
/// </summary>
internal sealed class WorkerProcess(
    FunctionApp app, WorkerSurroundings surroundings, WorkerErrors errors, RestartPause pause, Func<Guid> newId, TimeProvider time, ILogger log) : IWorkers
{
    private const int IntendedRestart = 200;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30); // customHandler.initializationTimeout
    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(25);

    private readonly Lock _gate = new();
    private TaskCompletionSource<(WorkerLife Life, ChildProcess Child)> _current = NewSource();
    private ChildProcess? _replaced;

    /// <inheritdoc/>
    public async Task<WorkerLife> CurrentAsync(CancellationToken cancellationToken)
    {
        Task<(WorkerLife Life, ChildProcess)> current;
        lock (_gate)
            current = _current.Task;
        return (await current.WaitAsync(cancellationToken)).Life;
    }

    /// <inheritdoc/>
    public void Replace(WorkerLife life)
    {
        lock (_gate)
        {
            if (!_current.Task.IsCompletedSuccessfully || _current.Task.Result.Life != life)
                return;
            _replaced = _current.Task.Result.Child;
        }
        _replaced.Kill();
    }

    /// <summary>Keeps a worker running until stopped, then kills it.</summary>
    /// <returns>True when stopped; false when the worker failed so often that the host must stop.</returns>
    public async Task<bool> RunAsync(CancellationToken stopping)
    {
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                await Task.Delay(pause.BeforeNext(), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (stopping.IsCancellationRequested)
                    return true;
                if (await LiveOnceAsync(stopping) && errors.Add(time.GetUtcNow()))
                    return stopping.IsCancellationRequested;
            }
            return true;
        }
        finally
        {
            lock (_gate)
                _current.TrySetCanceled(CancellationToken.None);
        }
    }

    /// <returns>Whether this life ended in a failure that counts.</returns>
    private async Task<bool> LiveOnceAsync(CancellationToken stopping)
    {
        var port = FreePort();
        ChildProcess child;
        try
        {
            child = await ChildProcess.StartAsync(CommandFor(port), surroundings.Started, surroundings.Said);
        }
        catch (Exception trouble) when (trouble is System.ComponentModel.Win32Exception or IOException or InvalidOperationException)
        {
            log.WorkerNotStarted(trouble.Message);
            return true;
        }
        await using (child)
        {
            var address = new Uri($"http://127.0.0.1:{port}/");
            using var stopped = stopping.Register(child.Kill);
            var answers = await AnswersAsync(address, child);
            if (answers)
            {
                log.WorkerAnswers(child.Id, port);
                lock (_gate)
                    _current.TrySetResult((new WorkerLife(address, child.Exited), child));
            }
            else if (!child.Exited.IsCompleted)
            {
                log.WorkerSilent(child.Id, StartLimit);
                child.Kill();
            }
            var exitCode = await child.Exited;
            bool intended;
            lock (_gate)
            {
                intended = stopping.IsCancellationRequested || _replaced == child;
                if (answers)
                    _current = NewSource();
            }
            if (!intended)
                log.WorkerEnded(child.Id, exitCode);
            return !intended && exitCode is not (0 or IntendedRestart);
        }
    }

    // Any answer will do, even 404: only a socket that does not answer means "not yet".
    private async Task<bool> AnswersAsync(Uri address, ChildProcess child)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });
        using var over = new CancellationTokenSource(StartLimit, time);
        while (!over.IsCancellationRequested && !child.Exited.IsCompleted)
        {
            try
            {
                using var answer = await client.GetAsync(address, over.Token);
                return true;
            }
            catch (HttpRequestException trouble) when (trouble.InnerException is SocketException)
            {
                await Task.Delay(ReadyPoll, time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (HttpRequestException)
            {
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
        return false;
    }

    private ChildCommand CommandFor(int port)
    {
        var environment = new Dictionary<string, string>(surroundings.Environment, StringComparer.OrdinalIgnoreCase)
        {
            ["FUNCTIONS_CUSTOMHANDLER_PORT"] = $"{port}",
            ["FUNCTIONS_HTTPWORKER_PORT"] = $"{port}",
            ["FUNCTIONS_APP_ROOT_PATH"] = app.Folder,
        };
        var id = $"{newId()}";
        environment["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"] = id;
        environment["FUNCTIONS_HTTPWORKER_ID"] = id;
        var variables = new AppSettings(environment);
        var handler = app.Settings.Handler;
        var inFolder = Path.Combine(app.Folder, handler.Executable);
        return new ChildCommand(File.Exists(inFolder) ? inFolder : handler.Executable, [.. handler.Arguments.Select(variables.Resolve)])
        {
            Environment = environment,
            WorkingDirectory = Path.Combine(app.Folder, handler.WorkingDirectory),
        };
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static TaskCompletionSource<(WorkerLife, ChildProcess)> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
