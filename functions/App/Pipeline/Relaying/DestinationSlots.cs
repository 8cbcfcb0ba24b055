// Bounds the attempts that this process makes at one destination at once.
namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>So many places per destination. Nobody waits for one: whoever finds none comes back later, and leaves the process to other mail.</summary>
internal sealed class DestinationSlots(RelayOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);

    /// <summary>Takes a place, to be disposed of when the attempt is over.</summary>
    /// <returns>Null if all are taken.</returns>
    public IDisposable? TryTake(string destination)
    {
        lock (_lock)
        {
            var taken = _taken.GetValueOrDefault(destination);
            if (taken >= options.DestinationConcurrency)
                return null;
            _taken[destination] = taken + 1;
            return new Slot(this, destination);
        }
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
