// What the tests of the embedded host share.
using System.Net;
using System.Net.Sockets;
using MailFunctions.Local.Host;

namespace MailFunctions.Pipeline.Host;

/// <summary>Waiting without guessing, functions to run, and workers that are not there.</summary>
internal static class HostRig
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Waits until something holds, for a minute at most.</summary>
    public static async Task UntilAsync(Func<bool> holds, string what) => await UntilAsync(() => Task.FromResult(holds()), what);

    /// <summary>Waits until something holds, for a minute at most.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        for (var started = TimeProvider.System.GetTimestamp(); !await holds(); await Task.Delay(20))
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"Not within a minute: {what}.");
    }

    /// <summary>A function on a queue.</summary>
    public static FunctionDefinition OnQueue(string storage, string queue, bool isBinary = true) =>
        new("RouteMessage", "msg", new FunctionTrigger.Queue(queue, storage, isBinary));

    /// <summary>A function on a schedule.</summary>
    public static FunctionDefinition OnTimer(string schedule, string name = "SweepSpool") =>
        new(name, "timer", new FunctionTrigger.Timer(TimerSchedule.Parse(schedule), UseMonitor: true, RunOnStartup: false));

    /// <summary>A port that nothing listens on.</summary>
    public static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Worker at an address of the test's choice.</summary>
    internal sealed class WorkerAt(int port) : IWorkers
    {
        private readonly TaskCompletionSource _died = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<WorkerLife> CurrentAsync(CancellationToken cancellationToken) =>
            Task.FromResult(new WorkerLife(new Uri($"http://127.0.0.1:{port}/"), _died.Task));

        public void Replace(WorkerLife life) => _died.TrySetResult();

        public void Die() => _died.TrySetResult();
    }
}
