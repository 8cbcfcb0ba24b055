// How TLS with other domains went on a day, summed up.
using MailFunctions.Mail.Traces;

namespace MailFunctions.App.Pipeline.TlsReports;

/// <summary>What failed alike.</summary>
/// <param name="Type">The result type (RFC 8460 4.3).</param>
/// <param name="Host">The exchanger.</param>
/// <param name="Address">Its address.</param>
internal readonly record struct TlsFailure(string Type, string Host, string Address);

/// <summary>Sessions with one domain under one policy type.</summary>
internal sealed class TlsCount
{
    // Who has more exchangers than these hears of the rest in the sum.
    private const int MaxFailures = 100;

    private readonly Dictionary<TlsFailure, long> _failures = [];

    /// <summary>How many sessions were under TLS as they were to be.</summary>
    public long Succeeded { get; private set; }

    /// <summary>How many were not.</summary>
    public long Failed { get; private set; }

    /// <summary>Those by kind, in a fixed order.</summary>
    public IEnumerable<KeyValuePair<TlsFailure, long>> Failures => _failures.OrderBy(pair => (pair.Key.Type, pair.Key.Host, pair.Key.Address));

    /// <summary>Counts one.</summary>
    /// <param name="entry">The session.</param>
    /// <param name="mayDetail">Whether there is room for one more kind of failure.</param>
    /// <returns>Whether that was used.</returns>
    public bool Add(TraceEntry entry, bool mayDetail = true)
    {
        if (entry.Succeeded == true)
        {
            Succeeded++;
            return false;
        }
        Failed++;
        var failure = new TlsFailure(entry.Reply ?? "validation-failure", entry.Host ?? "", entry.Address ?? "");
        var isNew = !_failures.TryGetValue(failure, out var number);
        if (isNew && (_failures.Count == MaxFailures || !mayDetail))
            return false;
        _failures[failure] = number + 1;
        return isNew;
    }
}

/// <summary>All of a day, by domain and policy type. Bounded: of domains beyond the limit nothing is counted, and that is told.</summary>
internal sealed class TlsTally
{
    private const int MaxDomains = 20_000;
    private const int MaxDetails = 100_000;

    private readonly Dictionary<string, SortedDictionary<string, TlsCount>> _domains = new(StringComparer.Ordinal);

    private int _details;

    /// <summary>The domains in a fixed order, each with its counts by policy type.</summary>
    public IEnumerable<KeyValuePair<string, SortedDictionary<string, TlsCount>>> Domains => _domains.OrderBy(pair => pair.Key, StringComparer.Ordinal);

    /// <summary>How many entries were not counted.</summary>
    public long Skipped { get; private set; }

    /// <summary>Counts an entry.</summary>
    public void Add(TraceEntry entry)
    {
        if (entry is not { Kind: TraceKind.Connected, Destination: { } domain, Results: TlsNotes.Sts or TlsNotes.NoPolicy })
            return;
        if (!_domains.TryGetValue(domain, out var counts))
        {
            if (_domains.Count == MaxDomains)
            {
                Skipped++;
                return;
            }
            _domains[domain] = counts = new SortedDictionary<string, TlsCount>(StringComparer.Ordinal);
        }
        if (!counts.TryGetValue(entry.Results, out var count))
            counts[entry.Results] = count = new TlsCount();
        if (count.Add(entry, _details < MaxDetails))
            _details++;
    }
}
