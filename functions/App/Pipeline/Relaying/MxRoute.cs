// Finds the hosts that take mail for a domain.
using System.Net;
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Mail;
using MailFunctions.Smtp.Client;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>
/// Routing by RFC 5321 5.1: exchangers by preference and at random among equals, the domain's own addresses where it names none, and none of ours or
/// worse than ours. A smarthost takes all instead. Only what the domain name system says with authority is final; silence never is.
/// </summary>
internal sealed class MxRoute(IResolver resolver, RelayOptions options, RefusedAddresses refused, RelaySeams seams)
{
    /// <summary>Where the domain's MTA-STS policy leaves no exchanger.</summary>
    public static readonly DeliveryStatus NotByPolicy = new(4, 7, 0);

    /// <summary>The most addresses of a route.</summary>
    public const int MaxAddresses = 5;

    // Whoever lists more than these has no use for them, but we would have to look each of them up (DN-05).
    private const int MaxHosts = 20;

    // Of several hosts none may take all places: the first one's addresses are often down together.
    private const int AddressesOfOneOfSeveral = 2;

    private static readonly DeliveryStatus NoSuchDomain = new(5, 1, 2);
    private static readonly DeliveryStatus NullMx = new(5, 1, 10); // RFC 7505 4.2
    private static readonly DeliveryStatus NoRoute = new(5, 4, 4);
    private static readonly DeliveryStatus Loop = new(5, 4, 6);
    private static readonly DeliveryStatus DirectoryTrouble = new(4, 4, 3);
    private static readonly DeliveryStatus Misconfigured = new(4, 3, 5);

    /// <summary>Finds the way to a domain.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="taker">Who takes its mail.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Route> FindAsync(DomainName domain, Taker taker, CancellationToken cancellationToken)
    {
        if (taker.Missing is { } missing)
            return new Route.Later(Misconfigured, $"mail for {domain} is routed via {missing}, and Mail:Smarthosts has no such smarthost");
        if (taker.Smarthost is { } smarthost)
        {
            var way = await ResolveAsync([(DnsName.Of(smarthost.Host), 0)], smarthost.Port, domain, NoRoute, cancellationToken);
            // A smarthost that is not there is our mistake and not the recipients'.
            return way is Route.Never never ? new Route.Later(never.Status with { Class = 4 }, never.Why) : way;
        }
        if (domain.LiteralAddress is { } literal)
            return refused.IsOwn(literal) ? Loops(domain) : new Route.Hosts([new RelayHost(literal.ToString(), new IPEndPoint(literal, options.Port))]);
        if (!DnsName.TryParse(domain.Text, out var name))
            return new Route.Never(NoSuchDomain, $"{domain} is too long for a domain name");

        return await resolver.QueryAsync<MxRecord>(name, cancellationToken) switch
        {
            Answer<MxRecord>.Found found => await RankAsync(domain, found.Records, taker, cancellationToken),
            Answer<MxRecord>.NoData when IsOurs(name) => Loops(domain),
            Answer<MxRecord>.NoData when !taker.Allows(name.Text) => NotAllowed(domain),
            Answer<MxRecord>.NoData => await ResolveAsync([(name, 0)], options.Port, domain, NoSuchDomain, cancellationToken), // the implicit MX
            Answer<MxRecord>.NoSuchName => new Route.Never(NoSuchDomain, $"there is no domain {domain}"),
            Answer<MxRecord>.Unavailable(var trouble) => new Route.Later(DirectoryTrouble, $"the exchangers of {domain} cannot be looked up now ({trouble})"),
            var other => throw new System.Diagnostics.UnreachableException($"{other}"),
        };
    }

    private async Task<Route> RankAsync(DomainName domain, IReadOnlyList<MxRecord> records, Taker taker, CancellationToken cancellationToken)
    {
        var hosts = records.Where(record => !record.Exchange.IsRoot).ToList();
        if (hosts.Count == 0)
            return new Route.Never(NullMx, $"{domain} takes no mail (null MX)");
        // RFC 5321 5.1: whoever is in the list passes mail on to better ones only, or it would go in circles.
        if (hosts.Where(record => IsOurs(record.Exchange)).Select(record => (int?)record.Preference).Min() is { } own)
            hosts.RemoveAll(record => record.Preference >= own);
        if (hosts.Count == 0)
            return Loops(domain);
        // RFC 8461 5.1: whoever forged the others may hope that they come first.
        if (hosts.RemoveAll(record => !taker.Allows(record.Exchange.Text)) > 0 && hosts.Count == 0)
            return NotAllowed(domain);
        var order = hosts.Select(record => (record, chance: seams.Below(int.MaxValue))).OrderBy(row => row.record.Preference).ThenBy(row => row.chance);
        return await ResolveAsync(
            [.. order.Select(row => (row.record.Exchange, row.record.Preference)).DistinctBy(row => row.Exchange).Take(MaxHosts)], options.Port, domain, NoRoute, cancellationToken);
    }

    private async Task<Route> ResolveAsync(
        IReadOnlyList<(DnsName Name, int Preference)> hosts, int port, DomainName domain, DeliveryStatus ifNone, CancellationToken cancellationToken)
    {
        var most = hosts.Count == 1 ? MaxAddresses : AddressesOfOneOfSeveral;
        var found = new List<(RelayHost Host, int Preference)>();
        Trouble? trouble = null;
        foreach (var (host, preference) in hosts)
        {
            // An equal of those that were found may still turn out to be us; worse ones do not matter any more.
            if (found.Count == MaxAddresses && (preference > found[^1].Preference || !refused.HasOwn))
                break;
            var (addresses, unknown) = await AddressesAsync(host, cancellationToken);
            trouble ??= unknown;
            if (addresses.Any(refused.IsOwn))
            {
                // This is us under another name: what holds for our own name in the list holds here.
                found.RemoveAll(row => row.Preference >= preference);
                if (found.Count == 0 && trouble is null)
                    return Loops(domain);
                break;
            }
            found.AddRange(addresses.Take(Math.Min(most, MaxAddresses - found.Count))
                .Select(address => (new RelayHost(host.Text, new IPEndPoint(address, port)), preference)));
        }
        if (found.Count > 0)
            return new Route.Hosts([.. found.Select(row => row.Host)]);
        return trouble is null
            ? new Route.Never(ifNone, $"{hosts[0].Name} has no address")
            : new Route.Later(DirectoryTrouble, $"the addresses of {hosts[0].Name} cannot be looked up now ({trouble})");
    }

    // IPv6 and IPv4 in turn, so that a network without one of them meets the other soon.
    private async Task<(IReadOnlyList<IPAddress> Addresses, Trouble? Unknown)> AddressesAsync(DnsName host, CancellationToken cancellationToken)
    {
        var asking6 = resolver.QueryAsync<AaaaRecord>(host, cancellationToken);
        var answer4 = await resolver.QueryAsync<ARecord>(host, cancellationToken);
        var answer6 = await asking6;
        var v6 = answer6 is Answer<AaaaRecord>.Found found6 ? found6.Records.Select(record => record.Address).ToList() : [];
        var v4 = answer4 is Answer<ARecord>.Found found4 ? found4.Records.Select(record => record.Address).ToList() : [];
        var unknown = (answer6 as Answer<AaaaRecord>.Unavailable)?.Reason ?? (answer4 as Answer<ARecord>.Unavailable)?.Reason;
        var inTurn = Enumerable.Range(0, Math.Max(v6.Count, v4.Count)).SelectMany(at => v6.Skip(at).Take(1).Concat(v4.Skip(at).Take(1)));
        return ([.. inTurn.Distinct()], unknown);
    }

    private bool IsOurs(DnsName host) => DnsName.TryParse(options.Hostname.Text, out var own) && host == own;

    private static Route.Later NotAllowed(DomainName domain) => new(NotByPolicy, $"no exchanger of {domain} is one that its MTA-STS policy allows");

    private static Route.Never Loops(DomainName domain) => new(Loop, $"mail for {domain} would come back to this host");
}
