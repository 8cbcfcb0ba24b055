// The stub resolver: what is remembered, what is being asked already, and the way along aliases.
using MailFunctions.Dns.Records;

namespace MailFunctions.Dns;

/// <summary>
/// Asks recursive servers and remembers what they said for as long as they said. Equal questions at the same time are asked once. Trouble is never
/// remembered. Names that never leave the host by RFC 6761 and RFC 7686, <c>localhost</c>, <c>invalid</c> and <c>onion</c> and all below, are
/// answered with "no such name" and without asking: no mail goes to them.
/// </summary>
public sealed class Resolver : IResolver
{
    /// <summary>The most records of an answer that are told; of more, the most wanted mail exchanges and the first of everything else.</summary>
    public const int MaxRecords = 100;

    /// <summary>How many aliases are followed from one name; as many as Unbound does.</summary>
    public const int MaxAliases = 11;

    private readonly DnsName[] _neverAsked = [DnsName.Parse("localhost"), DnsName.Parse("invalid"), DnsName.Parse("onion")];
    private readonly Lock _gate = new();
    private readonly Dictionary<(DnsName, RecordType), object> _asking = []; // Lazy<Task<Answer<TRecord>>>
    private readonly AnswerCache _cache;
    private readonly Upstream _upstream;
    private readonly DnsOptions _options;
    private readonly TimeProvider _clock;

    /// <summary>A resolver that remembers nothing yet.</summary>
    /// <exception cref="FormatException">The options are wrong; the message names the key and what is allowed.</exception>
    public Resolver(DnsOptions options, DnsSeams seams)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(seams);
        _options = options;
        _clock = seams.Clock;
        _upstream = new Upstream(ServerList.Of(options), options, seams);
        _cache = new AnswerCache(seams.Clock, options.CacheEntries);
    }

    /// <summary>How many answers are remembered.</summary>
    internal int Remembered
    {
        get
        {
            lock (_gate)
                return _cache.Count;
        }
    }

    /// <inheritdoc/>
    public async Task<Answer<TRecord>> QueryAsync<TRecord>(DnsName name, CancellationToken cancellationToken)
        where TRecord : class, IRecord<TRecord>
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Array.Exists(_neverAsked, name.IsAtOrBelow))
            return new Answer<TRecord>.NoSuchName(IsAuthenticated: false);
        Lazy<Task<Answer<TRecord>>> asking;
        lock (_gate)
        {
            if (_cache.Find<TRecord>(name, TRecord.Type) is { } known)
                return known;
            if (_asking.TryGetValue((name, TRecord.Type), out var begun))
            {
                asking = (Lazy<Task<Answer<TRecord>>>)begun;
            }
            else
            {
                // Started outside the lock, by the first who asks for its value.
                asking = new Lazy<Task<Answer<TRecord>>>(() => AskAsync<TRecord>(name));
                _asking.Add((name, TRecord.Type), asking);
            }
        }
        return await asking.Value.WaitAsync(cancellationToken);
    }

    // Belongs to all who wait for it, so it goes on when some give up; its deadline ends it.
    private async Task<Answer<TRecord>> AskAsync<TRecord>(DnsName name)
        where TRecord : class, IRecord<TRecord>
    {
        var learned = new Learned<TRecord>(new Answer<TRecord>.Unavailable(Trouble.TimedOut), TimeSpan.Zero);
        try
        {
            learned = await FollowAsync<TRecord>(name, new Deadline(_clock, _options.Timeout), CancellationToken.None);
            return learned.Answer;
        }
        finally
        {
            lock (_gate)
            {
                _asking.Remove((name, TRecord.Type));
                _cache.Keep(name, TRecord.Type, learned.Answer, learned.Ttl, learned.Octets);
            }
        }
    }

    private async Task<Learned<TRecord>> FollowAsync<TRecord>(DnsName name, Deadline deadline, CancellationToken cancellationToken)
        where TRecord : class, IRecord<TRecord>
    {
        var left = MaxAliases;
        var ttl = TimeSpan.MaxValue;
        var isAuthenticated = true;
        for (; ; )
        {
            switch (await _upstream.AskAsync<TRecord>(name, left, deadline, cancellationToken))
            {
                case Step<TRecord>.Found found:
                    ttl = Min(ttl, found.Ttl);
                    isAuthenticated &= found.IsAuthenticated;
                    return new(new Answer<TRecord>.Found(found.Records, found.Name, ttl, isAuthenticated), ttl, found.Octets);
                case Step<TRecord>.Nothing nothing:
                    isAuthenticated &= nothing.IsAuthenticated;
                    Answer<TRecord> negative = nothing.NameExists
                        ? new Answer<TRecord>.NoData(isAuthenticated)
                        : new Answer<TRecord>.NoSuchName(isAuthenticated);
                    return new(negative, Min(ttl, nothing.Ttl));
                case Step<TRecord>.Alias alias:
                    left -= alias.Followed;
                    ttl = Min(ttl, alias.Ttl);
                    isAuthenticated &= alias.IsAuthenticated;
                    name = alias.Target;
                    break;
                case Step<TRecord>.Failed failed:
                    return new(new Answer<TRecord>.Unavailable(failed.Trouble), TimeSpan.Zero);
            }
        }
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    // An answer, how long it holds, and about how many octets it has.
    private sealed record Learned<TRecord>(Answer<TRecord> Answer, TimeSpan Ttl, int Octets = 0);
}
