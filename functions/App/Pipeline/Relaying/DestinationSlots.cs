// Bounds the attempts that this process makes at one destination at once.
namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>
/// So many places per destination. A few of those who find none wait a moment, since a quick server soon has one; all others come back later, and leave
/// the process to other mail.
/// </summary>
internal sealed class DestinationSlots(RelayOptions options, TimeProvider time)
{
    /// <summary>How long somebody waits for a place.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How many wait at once, for whatever destination: more would keep other mail from the process.</summary>
    public const int MaxWaiting = 3;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private readonly LinkedList<Waiter> _waiting = [];

    private sealed record Waiter(string Destination, TaskCompletionSource<bool> Turn);

    /// <summary>Takes a place, to be disposed of when the attempt is over.</summary>
    /// <returns>Null if all are taken and stay so.</returns>
    /// <exception cref="OperationCanceledException">The caller has cancelled, and has no place.</exception>
    public async ValueTask<IDisposable?> TakeAsync(string destination, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_lock)
        {
            var taken = _taken.GetValueOrDefault(destination);
            if (taken < options.DestinationConcurrency)
            {
                _taken[destination] = taken + 1;
                return new Slot(this, destination);
            }
            if (_waiting.Count >= MaxWaiting)
                return null;
            waiter = new Waiter(destination, new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
            _waiting.AddLast(waiter);
        }
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        using var end = either.Token.UnsafeRegister(static state => ((Waiter)state!).Turn.TrySetResult(false), waiter);
        if (await waiter.Turn.Task)
            return new Slot(this, destination);
        lock (_lock)
            _waiting.Remove(waiter);
        cancellationToken.ThrowIfCancellationRequested();
        return null;
    }

    /// <summary>How many places are taken.</summary>
    public int TakenAt(string destination)
    {
        lock (_lock)
            return _taken.GetValueOrDefault(destination);
    }

    private void Leave(string destination)
    {
        lock (_lock)
        {
            for (var node = _waiting.First; node is not null; node = node.Next)
            {
                if (node.Value.Destination != destination || !node.Value.Turn.TrySetResult(true))
                    continue; // for somewhere else, or out of patience in this moment
                _waiting.Remove(node);
                return; // the place has only changed hands
            }
            if (--_taken[destination] == 0)
                _taken.Remove(destination);
        }
    }

    private sealed class Slot(DestinationSlots slots, string destination) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
                slots.Leave(destination);
        }
    }
}
