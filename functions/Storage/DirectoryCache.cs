// What was read from the directory lately, and what was found absent.
using Azure;

namespace MailFunctions.Storage;

/// <summary>
/// Records by blob name, fresh for a minute from before the call that read them. Whoever asks for the same one meanwhile waits for the same call. A
/// record is never told when it is older and cannot be read again: the directory's silence must not become "no such user".
/// </summary>
internal sealed class DirectoryCache<TRecord>(
    Func<string, DirectoryCache<TRecord>.Entry?, Task<DirectoryCache<TRecord>.Entry>> read, TimeProvider clock, int capacity)
    where TRecord : class
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = [];
    private readonly Dictionary<string, Lazy<Task<Entry>>> _reads = [];

    /// <summary>What is known of a name.</summary>
    /// <param name="Record">The record, or null if there is none.</param>
    /// <param name="Tag">The tag of its state, or null if there is none.</param>
    /// <param name="AskedAt">The clock's timestamp before the call.</param>
    public sealed record Entry(TRecord? Record, ETag? Tag, long AskedAt);

    /// <summary>How many names are known.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _entries.Count;
        }
    }

    /// <summary>The record of a name, or null if there is none, as of no more than a minute ago.</summary>
    public async ValueTask<TRecord?> GetAsync(string name, CancellationToken cancellationToken)
    {
        Lazy<Task<Entry>>? reading;
        lock (_gate)
        {
            var known = _entries.GetValueOrDefault(name);
            if (known is not null && IsFresh(known))
                return known.Record;
            if (!_reads.TryGetValue(name, out reading))
            {
                // Started outside the lock, by the first who asks for its value.
                Lazy<Task<Entry>>? started = null;
                reading = started = new Lazy<Task<Entry>>(() => ReadAsync(name, known, started!));
                _reads.Add(name, reading);
            }
        }
        return (await reading.Value.WaitAsync(cancellationToken)).Record;
    }

    /// <summary>Drops what is known of a name, after it was changed here; a call that is on its way will not be remembered.</summary>
    public void Drop(string name)
    {
        lock (_gate)
        {
            _entries.Remove(name);
            _reads.Remove(name);
        }
    }

    // Goes on when all who wait for it have given up.
    private async Task<Entry> ReadAsync(string name, Entry? known, Lazy<Task<Entry>> reading)
    {
        Entry? entry = null;
        try
        {
            return entry = await read(name, known);
        }
        finally
        {
            lock (_gate)
            {
                if (_reads.GetValueOrDefault(name) == reading)
                {
                    _reads.Remove(name);
                    Keep(name, entry);
                }
            }
        }
    }

    private void Keep(string name, Entry? entry)
    {
        if (entry is null)
            return;
        if (_entries.Count >= capacity && !_entries.ContainsKey(name))
            Evict();
        _entries[name] = entry;
    }

    // Everything stale goes, and at least a quarter of all, so that a flood of names that do not exist does not pay for this each time.
    private void Evict()
    {
        var byAge = _entries.OrderBy(pair => pair.Value.AskedAt).ToArray();
        foreach (var (index, (name, entry)) in byAge.Index())
        {
            if (index > capacity / 4 && IsFresh(entry))
                break;
            _entries.Remove(name);
        }
    }

    private bool IsFresh(Entry entry) => clock.GetElapsedTime(entry.AskedAt) < Freshness;
}
