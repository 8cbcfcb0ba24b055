// Which calls go wrong, and how.
using MailFunctions.Rig.Peers;

namespace MailFunctions.Simulation.Engine;

/// <summary>How a call to storage goes wrong.</summary>
internal enum FaultKind
{
    None,

    /// <summary>The calling process is killed before the call is sent.</summary>
    KillBefore,

    /// <summary>The call takes effect, and the process is killed before it hears of it.</summary>
    KillAfter,

    /// <summary>The call takes effect, and its answer is lost with the connection.</summary>
    LostAnswer,

    /// <summary>The service answers 503 and does nothing.</summary>
    BusyBefore,

    /// <summary>The service does its work and answers 500.</summary>
    ErrorAfter,

    /// <summary>Nothing is done and nothing answered.</summary>
    Silence,

    /// <summary>The work is done and nothing is answered.</summary>
    SilenceAfter,

    /// <summary>The work is done ten seconds late, when the caller has given up.</summary>
    Delay,
}

/// <summary>How a remote server misbehaves.</summary>
internal enum PeerFault
{
    /// <summary>It closes.</summary>
    Close,

    /// <summary>It falls silent.</summary>
    Stall,

    /// <summary>It takes the message, and its answer is lost; at other stages it closes.</summary>
    TakenSilently,

    /// <summary>It refuses for now; where it has nothing to say it closes.</summary>
    Later,
}

/// <summary>A server's fault in the session of that number, counted over all servers.</summary>
internal sealed record ServerFault(int Session, PeerStage Stage, PeerFault Fault);

/// <summary>The plan of one run. Calls are numbered from 0 over all processes.</summary>
/// <param name="Chosen">Faults at certain calls.</param>
/// <param name="Rate">The share of all other calls that go wrong in a way drawn at random.</param>
/// <param name="Until">After this many calls all is well, so that the system can come to rest.</param>
/// <param name="Doubled">The share of queue messages that are delivered twice, as the service may.</param>
/// <param name="OutageFrom">When, after the start, the blob service begins to refuse the function app.</param>
/// <param name="OutageTo">When it ends.</param>
/// <param name="Server">What one remote server does once.</param>
/// <param name="ClientBreaksAt">At which of its reads a client breaks off, or -1.</param>
internal sealed record FaultPlan(
    IReadOnlyDictionary<int, FaultKind> Chosen, double Rate = 0, int Until = int.MaxValue, double Doubled = 0, TimeSpan OutageFrom = default,
    TimeSpan OutageTo = default, ServerFault? Server = null, int ClientBreaksAt = -1)
{
    /// <summary>The ways in which a call can go wrong.</summary>
    public static readonly FaultKind[] Kinds = [.. Enum.GetValues<FaultKind>().Skip(1)];

    /// <summary>Nothing goes wrong.</summary>
    public static readonly FaultPlan None = new(new Dictionary<int, FaultKind>());

    /// <summary>One call goes wrong.</summary>
    public static FaultPlan Single(int call, FaultKind kind) => new(new Dictionary<int, FaultKind> { [call] = kind });

    /// <summary>What happens to a call.</summary>
    public FaultKind At(int call, Random chance)
    {
        if (Chosen.TryGetValue(call, out var kind))
            return kind;
        return call < Until && Rate > 0 && chance.NextDouble() < Rate ? Kinds[chance.Next(Kinds.Length)] : FaultKind.None;
    }
}
