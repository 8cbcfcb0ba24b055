// The whole embedded host with a worker process: started as on the platform, killed, crashed, hung, and always back.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Azure.Storage.Queues;
using MailFunctions.Local.Host;
using MailFunctions.Rig;
using Microsoft.Extensions.Logging;

namespace MailFunctions.Pipeline.Host;

public sealed class EmbeddedHostTests(AzuriteServer azurite)
{
    private readonly string _storage = azurite.FreshAccount();

    [Fact]
    public async Task The_worker_gets_its_port_its_id_and_the_apps_folder_before_its_first_call()
    {
        using var app = new ScriptedApp();
        await using var host = await HostAsync(app);
        await HostRig.UntilAsync(() => app.Workers.Count == 1, "the worker starts");
        await host.SendAsync("ok");
        await host.EmptyAsync();

        var started = app.Notes[0];
        Assert.Equal(started.Env[0], started.Env[1]);
        Assert.Equal(started.Env[0], Assert.Single(started.Args)); // %FUNCTIONS_CUSTOMHANDLER_PORT% in host.json's arguments
        Assert.Equal(started.Env[2], started.Env[3]);
        Assert.True(Guid.TryParse(started.Env[2], out _));
        Assert.Equal(app.Folder, started.Env[4]);
        Assert.Equal(_storage, started.Env[5]);
        Assert.Equal("ok", Assert.Single(app.Calls).Text);
    }

    [Fact]
    public async Task A_worker_is_named_before_it_runs()
    {
        using var app = new ScriptedApp();
        var before = new ConcurrentQueue<(int Pid, bool HasRun)>();
        await using var host = await HostAsync(app, started: async pid =>
        {
            await Task.Delay(300); // long enough for a worker that did not wait
            before.Enqueue((pid, app.Workers.Contains(pid)));
        });
        await HostRig.UntilAsync(() => app.Workers.Count == 1, "the worker starts");
        Kill(app.Workers[0]);
        await HostRig.UntilAsync(() => app.Workers.Count == 2, "the next worker starts");

        Assert.Equal([(app.Workers[0], false), (app.Workers[1], false)], before);
    }

    [Fact]
    public async Task A_killed_worker_is_back_and_what_it_held_is_tried_again_without_counting()
    {
        using var app = new ScriptedApp(maxDequeueCount: 1);
        await using var host = await HostAsync(app);
        await host.SendAsync("hold");
        await HostRig.UntilAsync(() => app.Calls.Count == 1, "the message is called");

        Kill(app.Workers[0]);
        await host.EmptyAsync();

        Assert.Equal([1, 2], app.Calls.Select(call => call.Dequeues));
        Assert.NotEqual(app.Calls[0].Pid, app.Calls[1].Pid);
        Assert.False(await host.HasPoisonAsync());
        Assert.Equal(200, (int)(await host.GetHealthAsync()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(200)]
    public async Task A_worker_that_exits_is_started_anew_whatever_its_exit_code(int code)
    {
        using var app = new ScriptedApp();
        await using var host = await HostAsync(app);
        await host.SendAsync($"exit {code}");
        await host.EmptyAsync();

        Assert.Equal(2, app.Workers.Count);
        Assert.Equal([1, 2], app.Calls.Select(call => call.Dequeues));
        Assert.Equal(0, host.Log.Count(HostStops));
    }

    [Fact]
    public async Task The_third_failure_stops_the_host_which_starts_itself_anew_and_loses_nothing()
    {
        using var app = new ScriptedApp();
        await using var host = await HostAsync(app);
        for (var kills = 1; kills <= 3; kills++)
        {
            await HostRig.UntilAsync(() => app.Workers.Count == kills, $"worker {kills} starts");
            await HostRig.UntilAsync(() => host.Log.Count(WorkerAnswers) == kills, $"worker {kills} answers");
            Kill(app.Workers[^1]);
        }
        await HostRig.UntilAsync(() => app.Workers.Count == 4, "the host has started anew");
        await host.SendAsync("ok");
        await host.EmptyAsync();

        Assert.Equal(1, host.Log.Count(HostStops));
        Assert.Equal(200, (int)(await host.GetHealthAsync()));
    }

    [Fact]
    public async Task A_function_that_never_answers_costs_the_worker_its_life_and_the_message_an_attempt()
    {
        using var app = new ScriptedApp(functionTimeout: "00:00:01", maxDequeueCount: 2);
        await using var host = await HostAsync(app);
        await host.SendAsync("empty");
        await host.EmptyAsync();

        Assert.Equal([1, 2], app.Calls.Select(call => call.Dequeues));
        Assert.Equal(3, await host.WorkersAsync(3));
        Assert.True(await host.HasPoisonAsync());
        Assert.Equal(0, host.Log.Count(HostStops)); // killed by the host itself: no failure of the worker's
    }

    [Fact]
    public async Task A_host_that_is_stopped_kills_its_worker_and_gives_its_messages_back()
    {
        using var app = new ScriptedApp();
        var host = await HostAsync(app);
        await host.SendAsync("hold");
        await HostRig.UntilAsync(() => app.Calls.Count == 1, "the message is called");
        await host.DisposeAsync();

        await HostRig.UntilAsync(() => !Directory.Exists($"/proc/{app.Workers[0]}"), "the worker is gone");
        await HostRig.UntilAsync(async () => (await host.Queue.PeekMessageAsync()).Value is not null, "the message is visible again");
    }

    private const int HostStops = 2;
    private const int WorkerAnswers = 10;

    private static void Kill(int pid)
    {
        using var process = Process.GetProcessById(pid);
        process.Kill();
    }

    private async Task<RunningHost> HostAsync(ScriptedApp app, Func<int, Task>? started = null)
    {
        var queue = new QueueClient(_storage, "accepted");
        await queue.CreateIfNotExistsAsync();
        return new RunningHost(app, _storage, queue, started ?? (_ => Task.CompletedTask));
    }

    private sealed class RunningHost : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly HttpClient _client = new();
        private readonly ScriptedApp _app;
        private readonly string _storage;
        private readonly int _port = AzuriteServer.FreePorts(1);
        private readonly Task _run;

        public RunningHost(ScriptedApp app, string storage, QueueClient queue, Func<int, Task> started)
        {
            _app = app;
            _storage = storage;
            Queue = queue;
            var options = new EmbeddedHostOptions
            {
                App = app.Load(storage), Storage = storage, WebPort = _port, NewId = Guid.NewGuid, Random = new Random(1),
                Worker = new WorkerSurroundings(new Dictionary<string, string> { ["MailStorage"] = storage }, started, _ => { }),
            };
            _run = new EmbeddedHost(options, TimeProvider.System, LoggerFactory.Create(logging => logging.AddProvider(Log))).RunAsync(_stop.Token);
        }

        public EventCounter Log { get; } = new();

        public QueueClient Queue { get; }

        public async Task SendAsync(string text) => await Queue.SendMessageAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));

        public Task EmptyAsync() => HostRig.UntilAsync(
            async () =>
            {
                Assert.False(_run.IsFaulted, _run.Exception?.ToString());
                return (await Queue.GetPropertiesAsync()).Value.ApproximateMessagesCount == 0;
            },
            "the queue is empty");

        public async Task<int> WorkersAsync(int count)
        {
            await HostRig.UntilAsync(() => _app.Workers.Count >= count, $"{count} workers");
            return _app.Workers.Count;
        }

        public async Task<bool> HasPoisonAsync() => await new QueueClient(_storage, "accepted-poison").ExistsAsync();

        public async Task<System.Net.HttpStatusCode> GetHealthAsync()
        {
            using var answer = await _client.GetAsync(new Uri($"http://127.0.0.1:{_port}/web/health"));
            return answer.StatusCode;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _run;
            _client.Dispose();
        }
    }

    private sealed class EventCounter : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<int> _events = new();

        public int Count(int id) => _events.Count(seen => seen == id);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _events.Enqueue(eventId.Id);

        public void Dispose()
        {
        }
    }
}
