// A resolver whose zones are data: records by name, and names about which nothing can be learned.
using System.Collections.Concurrent;
using System.Net;
using MailFunctions.Dns;
using MailFunctions.Dns.Records;

namespace MailFunctions.Rig;

/// <summary>
/// Answers from what it was given. A name exists if a record stands at it or below it. Everything may be changed while it is in use.
/// </summary>
public sealed class ZoneResolver : IResolver
{
    private readonly ConcurrentDictionary<DnsName, List<object>> _records = new();
    private readonly ConcurrentDictionary<(DnsName, RecordType), Trouble> _troubles = new();
    private readonly ConcurrentDictionary<DnsName, bool> _authenticated = new();
    private readonly ConcurrentQueue<(DnsName Name, RecordType Type)> _asked = new();

    /// <summary>All questions so far, in order.</summary>
    public IReadOnlyCollection<(DnsName Name, RecordType Type)> Asked => _asked;

    /// <summary>What happens before each question is answered; waits here delay the answer.</summary>
    public Func<DnsName, RecordType, CancellationToken, Task> BeforeAnswer { get; set; } = (_, _, _) => Task.CompletedTask;

    /// <summary>How long answers hold.</summary>
    public TimeSpan Ttl { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Adds records at a name.</summary>
    public ZoneResolver Add<TRecord>(string name, params TRecord[] records)
        where TRecord : class, IRecord<TRecord>
    {
        var all = _records.GetOrAdd(DnsName.Parse(name), _ => []);
        lock (all)
            all.AddRange(records);
        return this;
    }

    /// <summary>Adds the addresses of a host, of either kind.</summary>
    public ZoneResolver AddHost(string name, params string[] addresses)
    {
        foreach (var address in addresses.Select(IPAddress.Parse))
            _ = address.GetAddressBytes().Length == 4 ? Add(name, new ARecord(address)) : Add(name, new AaaaRecord(address));
        return this;
    }

    /// <summary>Adds a mail exchange; <c>.</c> makes it a null MX.</summary>
    public ZoneResolver AddMx(string name, ushort preference, string exchange) => Add(name, new MxRecord(preference, DnsName.Parse(exchange)));

    /// <summary>Adds text.</summary>
    public ZoneResolver AddTxt(string name, string text) => Add(name, new TxtRecord(text));

    /// <summary>Makes a name an alias.</summary>
    public ZoneResolver AddAlias(string name, string target) => Add(name, new CnameRecord(DnsName.Parse(target)));

    /// <summary>Names an address.</summary>
    public ZoneResolver AddPtr(string address, string name) => Add(DnsName.ReverseOf(IPAddress.Parse(address)).Text, new PtrRecord(DnsName.Parse(name)));

    /// <summary>Takes all records of a name away.</summary>
    public ZoneResolver Remove(string name)
    {
        _records.TryRemove(DnsName.Parse(name), out _);
        return this;
    }

    /// <summary>Makes all questions for a name, or only those of one type, fail until <see cref="Recover"/>.</summary>
    public ZoneResolver Fail(string name, Trouble trouble = Trouble.ServerFailed, RecordType type = RecordType.None)
    {
        _troubles[(DnsName.Parse(name), type)] = trouble;
        return this;
    }

    /// <summary>Ends what <see cref="Fail"/> began, for all types of a name.</summary>
    public ZoneResolver Recover(string name)
    {
        var recovered = DnsName.Parse(name);
        foreach (var key in _troubles.Keys.Where(key => key.Item1 == recovered))
            _troubles.TryRemove(key, out _);
        return this;
    }

    /// <summary>Says that what is told of a name was validated with DNSSEC.</summary>
    public ZoneResolver Authenticate(string name)
    {
        _authenticated[DnsName.Parse(name)] = true;
        return this;
    }

    /// <inheritdoc/>
    public async Task<Answer<TRecord>> QueryAsync<TRecord>(DnsName name, CancellationToken cancellationToken)
        where TRecord : class, IRecord<TRecord>
    {
        cancellationToken.ThrowIfCancellationRequested();
        _asked.Enqueue((name, TRecord.Type));
        await BeforeAnswer(name, TRecord.Type, cancellationToken);
        var isAuthenticated = true;
        for (var followed = 0; ; followed++)
        {
            isAuthenticated &= _authenticated.ContainsKey(name);
            if (_troubles.TryGetValue((name, TRecord.Type), out var trouble) || _troubles.TryGetValue((name, RecordType.None), out trouble))
                return new Answer<TRecord>.Unavailable(trouble);
            var all = RecordsAt(name);
            var records = all.OfType<TRecord>().Take(Resolver.MaxRecords).ToArray();
            if (records.Length > 0)
                return new Answer<TRecord>.Found(records, name, Ttl, isAuthenticated);
            if (all.OfType<CnameRecord>().FirstOrDefault() is not { } alias)
                return _records.Keys.Any(known => known.IsAtOrBelow(name)) ? new Answer<TRecord>.NoData(isAuthenticated) : new Answer<TRecord>.NoSuchName(isAuthenticated);
            if (followed == Resolver.MaxAliases)
                return new Answer<TRecord>.Unavailable(Trouble.TooManyAliases);
            name = alias.Target;
        }
    }

    private object[] RecordsAt(DnsName name)
    {
        if (!_records.TryGetValue(name, out var records))
            return [];
        lock (records)
            return [.. records];
    }
}
