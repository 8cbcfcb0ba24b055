// Answers that still hold.
namespace MailFunctions.Dns;

/// <summary>
/// Answers by name and type until their time is over. Bounded in number and, because one answer may have 64 KiB, in octets. Not safe for several
/// threads: its owner locks.
/// </summary>
internal sealed class AnswerCache(TimeProvider clock, int capacity)
{
    private const long MaxOctets = 32 * 1024 * 1024;
    private const int Overhead = 256; // octets that an entry costs besides its answer, about

    private readonly Dictionary<(DnsName Name, RecordType Type), Entry> _entries = [];

    /// <summary>How many answers are kept, those included whose time is over and that nobody asked for since.</summary>
    public int Count => _entries.Count;

    /// <summary>Octets that they take, about.</summary>
    public long Octets { get; private set; }

    /// <summary>The answer to a question, with the time that is left to it, or null.</summary>
    public Answer<TRecord>? Find<TRecord>(DnsName name, RecordType type)
    {
        if (!_entries.TryGetValue((name, type), out var entry))
            return null;
        var left = Left(entry);
        if (left <= TimeSpan.Zero)
        {
            Remove((name, type));
            return null;
        }
        return entry.Answer is Answer<TRecord>.Found found ? found with { Ttl = left } : (Answer<TRecord>)entry.Answer;
    }

    /// <summary>Keeps an answer for <paramref name="ttl"/>; not at all if that is nothing.</summary>
    public void Keep<TRecord>(DnsName name, RecordType type, Answer<TRecord> answer, TimeSpan ttl, int octets)
    {
        Remove((name, type));
        if (ttl <= TimeSpan.Zero || capacity == 0)
            return;
        var entry = new Entry(answer, clock.GetTimestamp(), ttl, octets + Overhead);
        if (_entries.Count == capacity || Octets + entry.Octets > MaxOctets)
            Evict();
        _entries.Add((name, type), entry);
        Octets += entry.Octets;
    }

    // A quarter of all goes, those first whose time is over soonest, so that a flood of names does not pay for the sorting each time.
    private void Evict()
    {
        foreach (var (key, _) in _entries.OrderBy(pair => Left(pair.Value)).Take(1 + (_entries.Count / 4)).ToArray())
            Remove(key);
        while (Octets > MaxOctets / 4 * 3)
            Remove(_entries.MaxBy(pair => pair.Value.Octets).Key);
    }

    private void Remove((DnsName, RecordType) key)
    {
        if (_entries.Remove(key, out var entry))
            Octets -= entry.Octets;
    }

    private TimeSpan Left(Entry entry) => entry.Ttl - clock.GetElapsedTime(entry.KeptAt);

    private sealed record Entry(object Answer, long KeptAt, TimeSpan Ttl, int Octets);
}
