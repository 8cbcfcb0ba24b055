// A simulated process: a clock, stores and connections of its own, and a life that can end at any call.
using Azure;
using MailFunctions.Simulation.Store;
using MailFunctions.Storage;

namespace MailFunctions.Simulation.Engine;

/// <summary>
/// Code runs in it until it waits for something outside: storage, a socket or time. Once killed it waits for ever, so nothing of it can be seen any
/// more, whatever it was about to do.
/// </summary>
internal sealed class SimProcess
{
    // One a process: it holds all that waits for it, and with that the whole world of the run.
    private readonly Task _never = new TaskCompletionSource().Task;

    private readonly SimWorld _world;
    private int _names;

    /// <summary>Starts one.</summary>
    /// <param name="world">Where it lives.</param>
    /// <param name="name">Its name in the event log.</param>
    /// <param name="skew">How far its wall clock is from the service's.</param>
    public SimProcess(SimWorld world, string name, TimeSpan skew)
    {
        _world = world;
        Name = name;
        Time = new OwnTime(this, world.Time, skew);
        Stores = MailStores.Open(
            new StorageOptions { Storage = SimRequest.ConnectionString }, "Development",
            new StorageSeams { Clock = Time, Jitter = world.Chance.NextDouble, Nonce = Nonce, Transport = new SimTransport(CallAsync) });
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Whether it is an instance of the function app.</summary>
    public bool IsWorker => Name.StartsWith("worker", StringComparison.Ordinal);

    /// <summary>Its clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Its stores.</summary>
    public MailStores Stores { get; }

    /// <summary>Whether it still runs.</summary>
    public bool IsAlive { get; private set; } = true;

    /// <summary>What the rest of the world sees of its end: connections break off.</summary>
    public List<Action> AtDeath { get; } = [];

    /// <summary>A name that nobody else has: 32 hexadecimal digits.</summary>
    public string Nonce() => Convert.ToHexStringLower(_world.NextOctets(16));

    /// <summary>A name for something of this process.</summary>
    public string NextName(string kind) => $"{Name}.{kind}{++_names}";

    /// <summary>Kills it.</summary>
    public void Kill(string why)
    {
        if (!IsAlive)
            return;
        IsAlive = false;
        _world.Log.Add($"{Name} is killed {why}");
        foreach (var action in AtDeath)
            action();
        _world.Killed(this);
    }

    /// <summary>Makes a call to storage, with whatever the plan has for it.</summary>
    public async ValueTask<SimAnswer> CallAsync(SimRequest request, CancellationToken cancellationToken)
    {
        await LiveAsync();
        var number = _world.Calls++;
        var fault = _world.Plan.At(number, _world.Chance);
        var age = _world.Age;
        if (!request.IsQueue && age >= _world.Plan.OutageFrom && age < _world.Plan.OutageTo && IsWorker)
            fault = FaultKind.BusyBefore;
        if (fault != FaultKind.None)
        {
            _world.Log.Add($"call {number} of {Name}, {request.Call} {request.Target}: {fault}");
            _world.Checker.Fault(fault, request, this);
        }
        if (_world.Plant is { } plant)
            request = plant(request, this);
        if (fault == FaultKind.KillBefore)
            Kill($"before {request.Call}");
        await DelayAsync(1 + _world.Chance.Next(20), cancellationToken);
        switch (fault)
        {
            case FaultKind.BusyBefore:
                return SimAnswer.Refuse(503, "ServerBusy");
            case FaultKind.Silence:
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                break;
            case FaultKind.Delay:
                _ = TakeEffectLateAsync(request);
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                break;
        }
        var answer = _world.Serve(request, this);
        switch (fault)
        {
            case FaultKind.KillAfter:
                Kill($"after {request.Call}");
                break;
            case FaultKind.LostAnswer:
                // As the HTTP transport tells it.
                throw new RequestFailedException("The connection was reset.", new HttpRequestException("reset", new IOException("reset")));
            case FaultKind.ErrorAfter:
                return SimAnswer.Refuse(500, "InternalError");
            case FaultKind.SilenceAfter:
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                break;
        }
        await DelayAsync(1 + _world.Chance.Next(5), cancellationToken);
        return answer;
    }

    /// <summary>Goes on only in a process that lives.</summary>
    public Task LiveAsync() => IsAlive ? Task.CompletedTask : _never;

    // A request that was on its way when its sender gave up, or died.
    private async Task TakeEffectLateAsync(SimRequest request)
    {
        await Task.Delay(TimeSpan.FromSeconds(10), _world.Time);
        _world.Serve(request, this);
    }

    private async Task DelayAsync(int milliseconds, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), _world.Time, cancellationToken);
        await LiveAsync();
    }

    private sealed class OwnTime(SimProcess process, SimTime time, TimeSpan skew) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + skew;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(
                given =>
                {
                    if (process.IsAlive)
                        callback(given);
                }, state, dueTime, period);
    }
}
