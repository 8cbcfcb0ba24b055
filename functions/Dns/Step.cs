// What one response says about one question: the end of the way, or where it goes on.
using MailFunctions.Dns.Records;

namespace MailFunctions.Dns;

/// <summary>The reading of one response.</summary>
internal abstract record Step<TRecord>
{
    private Step()
    {
    }

    /// <summary>Records of the type stand at the name at the end of the aliases; the whole response has so many octets.</summary>
    public sealed record Found(IReadOnlyList<TRecord> Records, DnsName Name, TimeSpan Ttl, bool IsAuthenticated, int Octets) : Step<TRecord>;

    /// <summary>There is none; how long that holds, or zero if the server does not say.</summary>
    public sealed record Nothing(bool NameExists, TimeSpan Ttl, bool IsAuthenticated) : Step<TRecord>;

    /// <summary>The name is an alias, and of its target this response says nothing.</summary>
    public sealed record Alias(DnsName Target, int Followed, TimeSpan Ttl, bool IsAuthenticated) : Step<TRecord>;

    /// <summary>The response is of no use.</summary>
    public sealed record Failed(Trouble Trouble) : Step<TRecord>;
}

/// <summary>Reads responses.</summary>
internal static class Step
{
    private static readonly TimeSpan MaxTtl = TimeSpan.FromDays(1);
    private static readonly TimeSpan MaxNegativeTtl = TimeSpan.FromHours(1); // RFC 2308 5 allows up to three

    /// <summary>
    /// Follows a name through the answers of a response, at most <paramref name="aliasesLeft"/> aliases far. Records at other names than those on
    /// the way are as if they were not there.
    /// </summary>
    public static Step<TRecord> Of<TRecord>(Response response, DnsName name, int aliasesLeft)
        where TRecord : class, IRecord<TRecord>
    {
        if (response.Code is not (ResponseCode.NoError or ResponseCode.NoSuchName))
            return new Step<TRecord>.Failed(response.Code == ResponseCode.Refused ? Trouble.Refused : Trouble.ServerFailed);
        var ttl = MaxTtl;
        for (var followed = 0; ; followed++)
        {
            if (!TryCollect<TRecord>(response, name, ref ttl, out var records))
                return new Step<TRecord>.Failed(Trouble.Malformed);
            // "No such name", and here is what stands there: such a server is not believed in either.
            if (records.Count > 0)
            {
                return response.Code == ResponseCode.NoError
                    ? new Step<TRecord>.Found(records, name, ttl, response.IsAuthenticated, response.Length)
                    : new Step<TRecord>.Failed(Trouble.Malformed);
            }
            List<CnameRecord> aliases = [];
            if (TRecord.Type != RecordType.Cname && !TryCollect(response, name, ref ttl, out aliases))
                return new Step<TRecord>.Failed(Trouble.Malformed);
            if (aliases.Count == 0)
                return AtTheEnd<TRecord>(response, name, followed, ttl);
            if (followed == aliasesLeft)
                return new Step<TRecord>.Failed(Trouble.TooManyAliases);
            name = aliases[0].Target;
        }
    }

    // Neither record nor alias stands at the name: is there none, or does this server not know?
    private static Step<TRecord> AtTheEnd<TRecord>(Response response, DnsName name, int followed, TimeSpan ttl)
    {
        TimeSpan? negativeTtl = null;
        var hasNameServers = false;
        foreach (var record in response.Authority)
        {
            // Only the zone that the name is in can say how long it has nothing.
            if (record.Type == RecordType.Soa && record.Class == 1 && name.IsAtOrBelow(record.Owner))
            {
                if (!response.TryGet<SoaRecord>(record, out var start))
                    return new Step<TRecord>.Failed(Trouble.Malformed);
                negativeTtl = new[] { record.Lifetime, (record with { Ttl = start.Minimum }).Lifetime, MaxNegativeTtl, ttl }.Min();
            }
            hasNameServers |= record.Type == RecordType.Ns;
        }

        var isAnswer = response.IsAuthoritative || response.IsRecursionAvailable;
        if (followed > 0 && negativeTtl is null && !(response.Code == ResponseCode.NoSuchName && response.IsRecursionAvailable))
            return new Step<TRecord>.Alias(name, followed, ttl, response.IsAuthenticated);
        // RFC 2308 2.2: name servers without a start of zone point to who would know.
        if (!isAnswer || (negativeTtl is null && hasNameServers && !response.IsAuthoritative))
            return new Step<TRecord>.Failed(Trouble.Lame);
        return new Step<TRecord>.Nothing(response.Code == ResponseCode.NoError, negativeTtl ?? TimeSpan.Zero, response.IsAuthenticated);
    }

    private static bool TryCollect<TRecord>(Response response, DnsName name, ref TimeSpan ttl, out List<TRecord> records)
        where TRecord : class, IRecord<TRecord>
    {
        records = [];
        foreach (var record in response.Answers)
        {
            if (!record.Is(TRecord.Type, name))
                continue;
            if (!response.TryGet<TRecord>(record, out var value))
                return false;
            records.Add(value);
            if (record.Lifetime < ttl)
                ttl = record.Lifetime;
        }
        if (records.Count > Resolver.MaxRecords)
            records = [.. records.OrderBy(TRecord.Rank).Take(Resolver.MaxRecords)];
        return true;
    }
}
