// One run: a storage account, a network, processes on one thread, and chance from one seed.
using MailFunctions.Protocol;
using MailFunctions.Rig;
using MailFunctions.Simulation.Checks;
using MailFunctions.Simulation.Store;
using MailFunctions.Storage;

namespace MailFunctions.Simulation.Engine;

/// <summary>
/// The scheduler is the thread pool of a process that is allowed one thread (Program.cs): all continuations, whoever makes them and however, stand in its
/// one queue. When that is empty nothing can happen but by time, and time moves to the next timer.
/// </summary>
internal sealed class SimWorld : IDisposable
{
    private static readonly TimeSpan RestartTime = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, TaskCompletionSource> _changes = [];
    private readonly DateTimeOffset _started;
    private DateTimeOffset _lastChange;
    private int _processes;

    /// <summary>Begins a run.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="plan">What goes wrong.</param>
    /// <param name="planted">A defect made for the checker's own test, or none.</param>
    /// <param name="keepsLog">Whether the events are kept as text.</param>
    public SimWorld(int seed, FaultPlan plan, PlantedBug planted = PlantedBug.None, bool keepsLog = false)
    {
        _started = Time.GetUtcNow();
        Chance = new Random(seed);
        Names = new Random(seed ^ 0x5eed);
        Plan = plan;
        Planted = planted;
        Log = new EventLog(Time, keepsLog);
        Store = new SimStore(Time, seed % 2 == 0 ? Dialect.Azure : Dialect.Azurite);
        Checker = new Checker(this);
        Network = new SimNetwork(this);
        Plant = Plants.OfRequests(planted, Time);
    }

    /// <summary>The service's clock.</summary>
    public SimTime Time { get; } = new();

    /// <summary>What decides latencies and faults.</summary>
    public Random Chance { get; }

    /// <summary>What makes names.</summary>
    public Random Names { get; }

    /// <summary>What goes wrong.</summary>
    public FaultPlan Plan { get; }

    /// <summary>The defect that was planted.</summary>
    public PlantedBug Planted { get; }

    /// <summary>The storage account.</summary>
    public SimStore Store { get; }

    /// <summary>The remote servers.</summary>
    public SimNetwork Network { get; }

    /// <summary>The names of remote domains.</summary>
    public ZoneResolver Zone { get; } = new();

    /// <summary>What happened.</summary>
    public EventLog Log { get; }

    /// <summary>What gateways count. Instruments are known to the whole process: those of a run that is over would slow down all that follow.</summary>
    public MemoryMeters Meters { get; } = new();

    /// <summary>Who watches.</summary>
    public Checker Checker { get; }

    /// <summary>Changes requests on their way, where a defect was planted.</summary>
    public Func<SimRequest, SimProcess, SimRequest>? Plant { get; }

    /// <summary>How many calls were made.</summary>
    public int Calls { get; set; }

    /// <summary>How often clients have read.</summary>
    public int ClientReads { get; set; }

    /// <summary>The gateway that runs now, or null between two lives.</summary>
    public SimGateway? Gateway { get; private set; }

    /// <summary>The function app's instances that run now.</summary>
    public List<SimWorker> Workers { get; } = [];

    /// <summary>How long the run has lasted, in its own time.</summary>
    public TimeSpan Age => Time.GetUtcNow() - _started;

    /// <summary>How many minutes lie between two sweeps: a sweep may be late, and in a long wait it is, so that a run is short.</summary>
    public int SweepMinutes => Time.GetUtcNow() - _lastChange > TimeSpan.FromHours(1) ? 60 : 10;

    /// <summary>Whether an entry of the index by time is due.</summary>
    public bool HasDue => Store.Blobs.In(BlobNames.DueContainer).FirstOrDefault() is { Name: { } name }
        && BlobNames.TryParseDue(name, out var entry) && entry!.Time <= Time.GetUtcNow();

    /// <inheritdoc/>
    public void Dispose() => Meters.Dispose();

    /// <summary>Waits for a message in a queue.</summary>
    public async Task ChangedAsync(string queue, SimProcess process)
    {
        var hidden = Store.Queues.In(queue);
        if (hidden.Count > 0)
        {
            await Task.Delay(hidden.Min(message => message.Visible) - Time.GetUtcNow(), process.Time);
            return;
        }
        if (!_changes.TryGetValue(queue, out var change))
            _changes[queue] = change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await change.Task;
        await process.LiveAsync();
    }

    /// <summary>Octets for a name.</summary>
    public byte[] NextOctets(int count)
    {
        var octets = new byte[count];
        Names.NextBytes(octets);
        return octets;
    }

    /// <summary>Starts a gateway.</summary>
    public void StartGateway() => Gateway = new SimGateway(this, NewProcess("gateway"));

    /// <summary>Starts an instance of the function app.</summary>
    public void StartWorker()
    {
        var worker = new SimWorker(this, NewProcess("worker"));
        Workers.Add(worker);
        worker.Start();
    }

    /// <summary>A process in which the operator gives one command.</summary>
    public SimProcess StartOperator() => NewProcess("operator");

    /// <summary>The stores as they are, past all faults; nothing that is asked here is an event.</summary>
    public MailStores Look() => MailStores.Open(
        new StorageOptions { Storage = SimRequest.ConnectionString }, "Development",
        new StorageSeams { Clock = Time, Transport = new SimTransport((request, _) => ValueTask.FromResult(Store.Handle(request))) });

    /// <summary>Answers a call, and shows it to the checker.</summary>
    public SimAnswer Serve(SimRequest request, SimProcess process)
    {
        Checker.Before(request, process);
        var answer = Store.Handle(request);
        Log.Add($"{process.Name} {request.Call} {request.Target} {answer.Status} {answer.ErrorCode}");
        Checker.After(request, answer, process);
        if (request.Method != "GET" && request.Method != "HEAD")
            _lastChange = Time.GetUtcNow();
        if (request.Call == "Put Message" && _changes.Remove(request.Path[0], out var change))
            change.SetResult();
        return answer;
    }

    /// <summary>What the platform does when a process has ended: it starts another.</summary>
    public void Killed(SimProcess process)
    {
        Checker.Killed(process);
        using var nothingInherited = ExecutionContext.SuppressFlow(); // what flows through the call that it died at
        if (Gateway?.Process == process)
        {
            Gateway = null;
            _ = AfterAsync(RestartTime, StartGateway);
        }
        if (Workers.RemoveAll(worker => worker.Process == process) > 0)
            _ = AfterAsync(RestartTime, StartWorker);
    }

    /// <summary>Runs until the work is done.</summary>
    /// <returns>False if nothing can happen any more, or the time is over, and it is not done.</returns>
    public async Task<bool> RunAsync(Task work, TimeSpan limit)
    {
        var end = Time.GetUtcNow() + limit;
        for (; ; )
        {
            // Everything that can run does, before time moves: the pool's one thread comes back here when its queues are empty.
            do
                await Task.Yield();
            while (ThreadPool.PendingWorkItemCount > 0);
            if (work.IsCompleted)
            {
                await work;
                return true;
            }
            if (Time.GetUtcNow() > end || !Time.FireNext())
                return false;
        }
    }

    private SimProcess NewProcess(string kind)
    {
        var number = ++_processes;
        var skew = Planted == PlantedBug.WorkersClock ? TimeSpan.FromDays(10) : Plan.Rate > 0 ? TimeSpan.FromMinutes(Chance.Next(-60, 61)) : TimeSpan.Zero;
        var process = new SimProcess(this, $"{kind}{number}", skew);
        Log.Add($"{process.Name} starts");
        return process;
    }

    private async Task AfterAsync(TimeSpan wait, Action action)
    {
        await Task.Delay(wait, Time);
        action();
    }
}
