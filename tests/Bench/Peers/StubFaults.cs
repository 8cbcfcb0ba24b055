// What goes wrong in the storage stub: a share of its calls, drawn from a seed.
using System.Globalization;
using MailFunctions.Simulation.Store;

namespace MailFunctions.Bench.Peers;

/// <summary>How a call goes wrong.</summary>
internal enum StubFault
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>503, and nothing is done.</summary>
    BusyBefore,

    /// <summary>Throttled: 503 as the service tells it, and nothing is done.</summary>
    Throttled,

    /// <summary>It is done, and answered 500.</summary>
    ErrorAfter,

    /// <summary>It is done, and the connection is closed in place of an answer.</summary>
    LostAnswer,

    /// <summary>It is done and answered some seconds late. Rare.</summary>
    Silence,
}

/// <summary>Draws faults and counts them, in all and by the message whose spool blob or ledger they hit. Safe for concurrent use.</summary>
internal sealed class StubFaults(double share, int seed)
{
    private const double SilenceShare = 0.02; // of the faults
    private static readonly StubFault[] Quick = [StubFault.BusyBefore, StubFault.Throttled, StubFault.ErrorAfter, StubFault.LostAnswer];

    private readonly Lock _gate = new();
    private readonly Random _chance = new(seed);
    private readonly Dictionary<string, int> _byMessage = [];
    private readonly SortedDictionary<StubFault, int> _byKind = [];
    private double _share = share;
    private long _calls;

    /// <summary>How long a silence is: more than a moment, and less than clients wait.</summary>
    public TimeSpan SilenceLength { get; } = TimeSpan.FromSeconds(3);

    /// <summary>Reads the stub's options: the share of broken calls and a seed, or nothing for none.</summary>
    public static StubFaults Read(IReadOnlyList<string> options) => options is [var share, var seed]
        ? new(double.Parse(share, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture))
        : new(0, 0);

    /// <summary>Whether nothing is to be done when this goes wrong.</summary>
    public static bool IsBefore(StubFault fault) => fault is StubFault.BusyBefore or StubFault.Throttled;

    /// <summary>The answer in place of the true one.</summary>
    public static SimAnswer Answer(StubFault fault) => fault switch
    {
        StubFault.BusyBefore => SimAnswer.Refuse(503, "InternalError"),
        StubFault.Throttled => SimAnswer.Refuse(503, "ServerBusy").With("Retry-After", "1"),
        _ => SimAnswer.Refuse(500, "OperationTimedOut"),
    };

    /// <summary>What becomes of the next call.</summary>
    public StubFault Next(SimRequest request)
    {
        lock (_gate)
        {
            _calls++;
            if (_chance.NextDouble() >= _share)
                return StubFault.None;
            var fault = _chance.NextDouble() < SilenceShare ? StubFault.Silence : Quick[_chance.Next(Quick.Length)];
            _byKind[fault] = _byKind.GetValueOrDefault(fault) + 1;
            if (request is { IsQueue: false, Path: ["spool" or "ledger", var name] })
                _byMessage[name] = _byMessage.GetValueOrDefault(name) + 1;
            return fault;
        }
    }

    /// <summary>From now on all is well.</summary>
    public string Mend()
    {
        lock (_gate)
            _share = 0;
        return "";
    }

    /// <summary>How many faults hit the spool blob or the ledger of a message; or, if there is no such message, all faults by kind.</summary>
    public string Tell(string message)
    {
        lock (_gate)
        {
            return message == "faults"
                ? string.Create(CultureInfo.InvariantCulture, $"{_byKind.Values.Sum()} of {_calls} calls: ")
                    + string.Join(", ", _byKind.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {kind.Value}")))
                : _byMessage.GetValueOrDefault(message).ToString(CultureInfo.InvariantCulture);
        }
    }
}
