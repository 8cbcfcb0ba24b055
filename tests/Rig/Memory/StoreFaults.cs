// Makes chosen calls of the stores in memory fail, as a request or an answer that is lost on the way.
using MailFunctions.Mail.Stores;

namespace MailFunctions.Rig.Memory;

/// <summary>What is lost.</summary>
public enum FaultMoment
{
    /// <summary>The request: nothing happened.</summary>
    Before,

    /// <summary>The answer: it happened, and the caller is not told.</summary>
    After,
}

/// <summary>Counts the calls of all stores that share it and fails those that it is told to.</summary>
public sealed class StoreFaults
{
    private readonly Lock _lock = new();
    private readonly List<string> _calls = [];
    private Func<int, string, FaultMoment?> _plan = (_, _) => null;

    /// <summary>The calls so far, by store and method.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_lock)
                return [.. _calls];
        }
    }

    /// <summary>Forgets the calls and plans no more faults.</summary>
    public void Clear() => Plan((_, _) => null);

    /// <summary>Fails the call of this number, counted from 1 and from now.</summary>
    public void FailAt(int call, FaultMoment moment) => Plan((number, _) => number == call ? moment : null);

    /// <summary>Fails every call of this name from now on.</summary>
    public void FailEvery(string name, FaultMoment moment = FaultMoment.Before) => Plan((_, called) => called == name ? moment : null);

    /// <summary>Decides about every call from now on by its number and name.</summary>
    public void Plan(Func<int, string, FaultMoment?> plan)
    {
        lock (_lock)
        {
            _calls.Clear();
            _plan = plan;
        }
    }

    internal async Task<T> CallAsync<T>(string name, Func<T> effect, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield(); // others run between the decision to call and the call
        lock (_lock)
        {
            _calls.Add(name);
            var number = _calls.Count;
            var moment = _plan(number, name);
            if (moment == FaultMoment.Before)
                throw new StoreUnavailableException($"Call {number}, {name}: the request was lost.", null);
            var result = effect();
            if (moment == FaultMoment.After)
                throw new StoreUnavailableException($"Call {number}, {name}: the answer was lost.", null);
            return result;
        }
    }

    internal Task CallAsync(string name, Action effect, CancellationToken cancellationToken) => CallAsync(
        name,
        () =>
        {
            effect();
            return true;
        },
        cancellationToken);
}
