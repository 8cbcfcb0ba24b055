// Asks the world for the records that a domain is to have.
using System.Net;
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Smtp.MtaSts;
using static MailFunctions.Mailctl.Dns.CheckedRecord;

namespace MailFunctions.Mailctl.Dns;

/// <summary>Compares each record with what a resolver says. What is told is cut and without control characters: strangers may have written it.</summary>
internal sealed class RecordCheck(IResolver resolver)
{
    private const int MaxTold = 200;
    private const string Refused = "many servers refuse mail from such an address";

    /// <summary>Checks a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="all">All of the domain, of which others may stand at the same name.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<CheckedRecord> RunAsync(DnsRecord record, IReadOnlyList<DnsRecord> all, CancellationToken cancellationToken)
    {
        if (!DnsName.TryParse(record.Name, out var name))
            return Told(record, Wrong, "the name is too long");
        return record.Type switch
        {
            "MX" => await OfSetAsync<MxRecord>(record, name, all, mx => $"{mx.Preference} {mx.Exchange.Text}.", HostOf, cancellationToken),
            "A" => await OfSetAsync<ARecord>(record, name, all, a => a.Address.ToString(), text => text, cancellationToken),
            "AAAA" => await OfSetAsync<AaaaRecord>(record, name, all, a => a.Address.ToString(), text => text, cancellationToken),
            "SRV" => await OfSetAsync<SrvRecord>(
                record, name, all, srv => $"{srv.Priority} {srv.Weight} {srv.Port} {srv.Target.Text}.",
                text => string.Join(' ', text.Split(' ')[2..]), cancellationToken),
            "CNAME" => await OfAliasAsync(record, name, cancellationToken),
            _ => await OfTextAsync(record, name, cancellationToken),
        };
    }

    /// <summary>Checks the name in reverse of one of the gateway's addresses, which other servers look at.</summary>
    public async Task<CheckedRecord> OfReverseAsync(IPAddress address, string host, CancellationToken cancellationToken)
    {
        var name = DnsName.ReverseOf(address);
        var record = new DnsRecord(name.Text, "PTR", $"{host}.", "", IsNeeded: false);
        return await resolver.QueryAsync<PtrRecord>(name, cancellationToken) switch
        {
            Answer<PtrRecord>.Found found when found.Records.Any(ptr => Same(ptr.Name.Text, host)) => Told(record, Ok, $"{host}."),
            Answer<PtrRecord>.Found found => Told(record, Warn, $"{found.Records[0].Name.Text}. and not {host}.: {Refused}"),
            Answer<PtrRecord>.Unavailable(var trouble) => Told(record, Unknown, $"cannot be looked up now ({trouble})"),
            _ => Told(record, Warn, $"not there; {host}. is to be: {Refused}"),
        };
    }

    // What matters of a record decides whether it is there; what else is there is told.
    private async Task<CheckedRecord> OfSetAsync<TRecord>(
        DnsRecord record, DnsName name, IReadOnlyList<DnsRecord> all, Func<TRecord, string> print, Func<string, string> essence,
        CancellationToken cancellationToken)
        where TRecord : class, IRecord<TRecord>
    {
        switch (await resolver.QueryAsync<TRecord>(name, cancellationToken))
        {
            case Answer<TRecord>.Found found:
                var there = found.Records.Select(print).ToList();
                var wanted = all.Where(other => other.Type == record.Type && Same(other.Name, record.Name)).Select(other => essence(other.Data)).ToList();
                if (!there.Any(text => Same(essence(text), essence(record.Data))))
                    return Told(record, Wrong, $"{string.Join(", ", there)} and not {record.Data}");
                return there.Where(text => !wanted.Any(other => Same(other, essence(text)))).ToList() is { Count: > 0 } others
                    ? Told(record, Warn, $"{record.Data}, and besides {string.Join(", ", others)}, which is not this system")
                    : Told(record, Ok, record.Data);
            case Answer<TRecord>.Unavailable(var trouble):
                return Told(record, Unknown, $"cannot be looked up now ({trouble})");
            default:
                return Told(record, Missing, $"set {record.Data}");
        }
    }

    private async Task<CheckedRecord> OfAliasAsync(DnsRecord record, DnsName name, CancellationToken cancellationToken)
    {
        // Some put addresses in place of the alias, which is as good.
        var v4 = await resolver.QueryAsync<ARecord>(name, cancellationToken);
        if (v4 is Answer<ARecord>.Found found)
            return Told(record, Ok, found.Name == name ? found.Records[0].Address.ToString() : $"{found.Name.Text}.");
        return await resolver.QueryAsync<AaaaRecord>(name, cancellationToken) switch
        {
            Answer<AaaaRecord>.Found v6 => Told(record, Ok, v6.Name == name ? v6.Records[0].Address.ToString() : $"{v6.Name.Text}."),
            Answer<AaaaRecord>.Unavailable(var trouble) => Told(record, Unknown, $"cannot be looked up now ({trouble})"),
            _ when v4 is Answer<ARecord>.Unavailable(var trouble) => Told(record, Unknown, $"cannot be looked up now ({trouble})"),
            _ => Told(record, Missing, $"set {record.Data}"),
        };
    }

    private async Task<CheckedRecord> OfTextAsync(DnsRecord record, DnsName name, CancellationToken cancellationToken)
    {
        var answer = await resolver.QueryAsync<TxtRecord>(name, cancellationToken);
        if (answer is Answer<TxtRecord>.Unavailable(var trouble))
            return Told(record, Unknown, $"cannot be looked up now ({trouble})");
        var version = record.Data.Split([';', ' '])[0];
        var texts = answer is Answer<TxtRecord>.Found found
            ? found.Records.Select(text => text.Text).Where(text => IsOf(text, version)).ToList()
            : [];
        if (texts.Count == 0)
            return Told(record, Missing, $"set {record.Data}");
        if (texts.Count > 1)
            return Told(record, Wrong, $"there are {texts.Count} records that begin with {version}: others then take none of them");
        var (isGood, why) = Judge(record, texts[0]);
        return Told(record, isGood ? why is null ? Ok : Warn : Wrong, why is null ? texts[0] : $"{texts[0]}: {why}");
    }

    // Of a text that an operator may well have written otherwise, only what matters is compared.
    private static (bool IsGood, string? Why) Judge(DnsRecord record, string text)
    {
        if (text == record.Data)
            return (true, null);
        if (record.Name.StartsWith(StsRecord.Prefix, StringComparison.Ordinal))
        {
            return !StsRecord.TryParse(text, out var found) ? (false, $"it cannot be read; set {record.Data}")
                : StsRecord.TryParse(record.Data, out var wanted) && wanted.Id != found.Id
                    ? (false, $"the policy has changed, and others learn it by another id: set {record.Data}")
                    : (true, null);
        }
        if (record.Name.Contains("._domainkey.", StringComparison.Ordinal))
            return Tag(text, "p") == Tag(record.Data, "p") ? (true, null) : (false, $"it is another key; set {record.Data}");
        if (record.Data.StartsWith("v=spf1", StringComparison.Ordinal))
        {
            var terms = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return terms.Any(term => term is "all" or "+all" or "?all") ? (false, "it lets everybody send in the domain's name")
                : terms.Any(term => term is "-all" or "~all" || term.StartsWith("redirect=", StringComparison.Ordinal))
                    ? (true, $"not what is proposed ({record.Data})")
                    : (false, "it does not end with -all, ~all or a redirect");
        }
        if (record.Data.StartsWith("v=DMARC1", StringComparison.Ordinal))
        {
            return Tag(text, "p") is "none" or "quarantine" or "reject"
                ? (true, Tag(text, "rua") is null ? "nobody is told what others find (rua=)" : null)
                : (false, "it has no policy (p=)");
        }
        return Tag(text, "rua") is null ? (false, $"nobody is told (rua=); set {record.Data}") : (true, null);
    }

    private static bool IsOf(string text, string version) =>
        text.StartsWith(version, StringComparison.OrdinalIgnoreCase) && (text.Length == version.Length || text[version.Length] is ' ' or ';' or '\t');

    private static string? Tag(string text, string name)
    {
        foreach (var field in text.Split(';'))
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && field[..equals].Trim() == name)
                return string.Concat(field[(equals + 1)..].Where(c => !char.IsWhiteSpace(c)));
        }
        return null;
    }

    private static string HostOf(string mx) => mx.Split(' ')[^1];

    private static bool Same(string one, string other) => one.TrimEnd('.').Equals(other.TrimEnd('.'), StringComparison.OrdinalIgnoreCase);

    private static CheckedRecord Told(DnsRecord record, string state, string found)
    {
        var clean = string.Concat(found.Select(c => c is < ' ' or > '~' ? '?' : c));
        return new CheckedRecord(state, record.Type, record.Name, clean.Length > MaxTold ? clean[..MaxTold] + "..." : clean, record.IsNeeded);
    }
}
