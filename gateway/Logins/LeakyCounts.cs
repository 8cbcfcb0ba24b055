// Counts per key that leak away with time: the one structure behind token buckets and back-off.
namespace MailFunctions.Gateway.Logins;

/// <summary>
/// Levels that rise by one with each event and fall evenly. Holds at most <paramref name="capacity"/> keys: when they are too many, those that have
/// leaked away go first and then the lowest, so that whoever invents keys pushes out nobody who has counted far. Not thread-safe: its owner locks.
/// </summary>
/// <param name="leak">The time in which a level falls by one.</param>
/// <param name="capacity">The most keys.</param>
/// <param name="time">The clock.</param>
internal sealed class LeakyCounts<TKey>(TimeSpan leak, int capacity, TimeProvider time)
    where TKey : notnull
{
    private readonly Dictionary<TKey, Entry> _entries = [];

    private readonly record struct Entry(double Level, long At);

    /// <summary>How many keys are held.</summary>
    public int Count => _entries.Count;

    /// <summary>A key's level now.</summary>
    public double Level(TKey key) => _entries.TryGetValue(key, out var entry) ? LevelOf(entry) : 0;

    /// <summary>A key's level right after its last event, and how long that is ago.</summary>
    public (double Level, TimeSpan Ago) Last(TKey key) =>
        _entries.TryGetValue(key, out var entry) ? (entry.Level, time.GetElapsedTime(entry.At)) : (0, TimeSpan.MaxValue);

    /// <summary>Counts an event.</summary>
    public void Add(TKey key)
    {
        var level = Level(key) + 1;
        if (_entries.Count >= capacity && !_entries.ContainsKey(key))
            MakeRoom();
        _entries[key] = new Entry(level, time.GetTimestamp());
    }

    // Frees a quarter at a time, so that one pass serves many events.
    private void MakeRoom()
    {
        var lowestFirst = _entries.Select(pair => (pair.Key, Level: LevelOf(pair.Value))).OrderBy(pair => pair.Level).ToList();
        for (var i = 0; i < lowestFirst.Count && (i <= capacity / 4 || lowestFirst[i].Level == 0); i++)
            _entries.Remove(lowestFirst[i].Key);
    }

    private double LevelOf(Entry entry) => Math.Max(0, entry.Level - time.GetElapsedTime(entry.At) / leak);
}
