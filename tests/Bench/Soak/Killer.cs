// Kills the two programs of a local run at random moments.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MailFunctions.Rig;

namespace MailFunctions.Bench.Soak;

/// <summary>
/// Each program by itself: mostly it is let serve first, for up to a second or so after the first message that is accepted, sometimes it is struck while it
/// starts; a part of the kills takes the other one along. Azurite and the Functions host are left alone.
/// </summary>
internal sealed class Killer(LocalSystem system, Func<int> accepted) : IDisposable
{
    private const string Gateway = "gateway", Functions = "functions";
    private const double StrikesStarting = 0.15, StrikesBoth = 0.15;
    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(1.2);
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(0.4);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10); // the other one may be dead, too many messages may wait
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly List<long> _functionsKilled = [];
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
    private int _moments;
    private int _gatewayKilled;

    /// <summary>Moments of killing.</summary>
    public int Moments => _moments;

    /// <summary>Kills of the gateway.</summary>
    public int GatewayKilled => _gatewayKilled;

    /// <summary>Kills of the function app.</summary>
    public int FunctionsKilled
    {
        get
        {
            lock (_gate)
                return _functionsKilled.Count;
        }
    }

    /// <summary>Kills until there were so many kills, and returns when everything serves again.</summary>
    public async Task RunAsync(int count, int seed, CancellationToken cancellationToken)
    {
        await Task.WhenAll(
            RunAsync(Gateway, Functions, count, new Random(seed), cancellationToken),
            RunAsync(Functions, Gateway, count, new Random(seed + 1), cancellationToken));
        await ServesAsync(Gateway, cancellationToken);
        await ServesAsync(Functions, cancellationToken);
    }

    /// <summary>When the function app was killed first after a moment (<see cref="Stopwatch.GetTimestamp"/>); null if it was not.</summary>
    public long? FunctionsKilledAfter(long moment)
    {
        lock (_gate)
            return _functionsKilled.Where(killed => killed > moment).Cast<long?>().FirstOrDefault();
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task RunAsync(string program, string other, int count, Random chance, CancellationToken cancellationToken)
    {
        while (true)
        {
            var starts = chance.NextDouble() < StrikesStarting;
            if (!starts)
            {
                await ServesAsync(program, cancellationToken);
                await WorksAsync(cancellationToken);
            }
            await Task.Delay((starts ? LongestStart : LongestLife) * chance.NextDouble(), cancellationToken);
            var both = chance.NextDouble() < StrikesBoth;
            if (Interlocked.Increment(ref _moments) > count)
            {
                Interlocked.Decrement(ref _moments);
                return;
            }
            var killed = Kill(program);
            if (both)
                Kill(other);
            while (!starts && killed is { } id && system.Pid(program) == id)
                await Task.Delay(Poll, cancellationToken);
        }
    }

    private int? Kill(string program)
    {
        try
        {
            using var process = Process.GetProcessById(system.Pid(program));
            lock (_gate)
            {
                if (program == Functions)
                    _functionsKilled.Add(Stopwatch.GetTimestamp());
                else
                    _gatewayKilled++;
            }
            process.Kill();
            return process.Id;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            return null; // it is between two lives
        }
    }

    private async Task ServesAsync(string program, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (!(program == Gateway ? await GatewayServesAsync() : await FunctionsServeAsync()))
        {
            await Task.Delay(Poll, cancellationToken);
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new TimeoutException($"The {program} does not come back.\n{string.Join('\n', system.Log.TakeLast(50))}");
        }
    }

    // On a busy machine a program may need seconds until it has done anything at all.
    private async Task WorksAsync(CancellationToken cancellationToken)
    {
        var (started, before) = (Stopwatch.GetTimestamp(), accepted());
        while (accepted() == before && Stopwatch.GetElapsedTime(started) < LongestWait)
            await Task.Delay(Poll, cancellationToken);
    }

    private async Task<bool> GatewayServesAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, system.Port("smtp"));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task<bool> FunctionsServeAsync()
    {
        try
        {
            using var answer = await _client.GetAsync(new Uri(system.Web, "/web/health"));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
