// Which policy is in force for a domain.
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Smtp.MtaSts;

namespace MailFunctions.App.Pipeline.Relaying.MtaSts;

/// <summary>
/// Policies by domain: fetched when a record names a state that is not known, and again each day, kept in storage for all processes and their successors,
/// and in memory. A policy that was fetched once is in force until its time is over, whatever the record says and whether or not it can be fetched again
/// (RFC 8461 5.1); where nothing is known and nothing to be had, mail goes as if there were none. A domain without policy costs a question to the resolver,
/// which remembers; of which domains storage holds policies is listed once an hour.
/// </summary>
internal sealed class StsPolicies(
    IResolver resolver, IStsPolicies store, IStsFetch fetch, IStoreClock clock, TimeProvider time, RelayOptions options, ILogger<StsPolicies> log)
{
    /// <summary>How often it is listed whose policies storage holds.</summary>
    public static readonly TimeSpan ListedEvery = TimeSpan.FromHours(1);

    /// <summary>How long after a failure the same state is not asked for again (RFC 8461 3.3).</summary>
    public static readonly TimeSpan FetchAgain = TimeSpan.FromMinutes(5);

    /// <summary>How old a policy becomes before it is fetched anew (RFC 8461 10.2); or half its life, if that is less.</summary>
    public static readonly TimeSpan RefreshAge = TimeSpan.FromDays(1);

    // Whatever is forgotten costs a look into storage.
    private const int MaxRemembered = 10_000;

    // The policies of whoever stands behind these are still fetched where they are published, and hiding them from a new process is all that is to be had.
    private const int MaxListed = 100_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<DomainName, Known> _known = [];
    private readonly Dictionary<DomainName, Lazy<Task<StsPolicy?>>> _asking = [];
    private Listing? _listing;

    /// <summary>What is known of a domain.</summary>
    /// <param name="Policy">Its policy, perhaps out of force; null if none was ever seen.</param>
    /// <param name="Id">The id under which it was fetched.</param>
    /// <param name="FetchedAt">When, by the storage service's clock.</param>
    /// <param name="LookedAt">When storage was looked into.</param>
    /// <param name="Failed">The id that could not be fetched last, and when.</param>
    private sealed record Known(StsPolicy? Policy, string Id, DateTimeOffset FetchedAt, long LookedAt, (string Id, long At)? Failed = null)
    {
        public bool IsInForce(DateTimeOffset now) => Policy is not null && now < FetchedAt + Policy.MaxAge;

        public bool IsOld(DateTimeOffset now) => Policy is not null && now - FetchedAt > (Policy.MaxAge / 2 < RefreshAge ? Policy.MaxAge / 2 : RefreshAge);
    }

    private sealed record Listing(Lazy<Task<HashSet<DomainName>>> Domains, long AskedAt);

    /// <summary>The policy that is in force for a domain, or null if there is none.</summary>
    /// <exception cref="StoreUnavailableException">Storage, which may hold one, cannot be reached.</exception>
    public async Task<StsPolicy?> ForAsync(DomainName domain, CancellationToken cancellationToken)
    {
        if (!options.MtaSts || domain.IsLiteral || !DnsName.TryParse(StsRecord.Prefix + domain.Text, out var name))
            return null;
        Lazy<Task<StsPolicy?>>? asking;
        lock (_gate)
        {
            if (!_asking.TryGetValue(domain, out asking))
                _asking[domain] = asking = new Lazy<Task<StsPolicy?>>(() => AskAsync(domain, name));
        }
        return await asking.Value.WaitAsync(cancellationToken);
    }

    // Belongs to all who wait for it, so it goes on when some give up; each of its steps has its own limit.
    private async Task<StsPolicy?> AskAsync(DomainName domain, DnsName name)
    {
        try
        {
            var known = await LookAsync(domain, name, CancellationToken.None);
            return known.IsInForce(clock.UtcNow) && known.Policy is { Mode: not StsMode.None } policy ? policy : null;
        }
        finally
        {
            lock (_gate)
                _asking.Remove(domain);
        }
    }

    private async Task<Known> LookAsync(DomainName domain, DnsName name, CancellationToken cancellationToken)
    {
        // That the record cannot be looked up is as if there were none: whoever can hide it can do either.
        var record = await resolver.QueryAsync<TxtRecord>(name, cancellationToken) is Answer<TxtRecord>.Found found
            ? StsRecord.Find(found.Records.Select(text => text.Text))
            : null;
        var known = Recall(domain);
        if (known?.IsInForce(clock.UtcNow) != true)
        {
            var listing = Current();
            var isKept = (await listing.Domains.Value).Contains(domain);
            if (known is null || (isKept && known.LookedAt < listing.AskedAt))
                known = Remember(domain, isKept ? await ReadAsync(domain, cancellationToken) : new Known(null, "", default, listing.AskedAt));
        }
        var now = clock.UtcNow;
        if (record is not { Id: var id } || (known.Id == id && known.IsInForce(now) && !known.IsOld(now)))
            return known;
        if (known.Failed is { } failed && failed.Id == id && time.GetElapsedTime(failed.At) < FetchAgain)
            return known;
        return await FetchAsync(domain, id, known, cancellationToken);
    }

    private Listing Current()
    {
        lock (_gate)
        {
            if (_listing is null || _listing.Domains is { IsValueCreated: true, Value.IsFaulted: true } || time.GetElapsedTime(_listing.AskedAt) >= ListedEvery)
                _listing = new Listing(new Lazy<Task<HashSet<DomainName>>>(ListAsync), time.GetTimestamp());
            return _listing;
        }
    }

    private async Task<HashSet<DomainName>> ListAsync()
    {
        var domains = new HashSet<DomainName>();
        await foreach (var domain in store.ListAsync(CancellationToken.None))
        {
            if (domains.Count < MaxListed)
                domains.Add(domain);
        }
        return domains;
    }

    private async Task<Known> ReadAsync(DomainName domain, CancellationToken cancellationToken)
    {
        var lookedAt = time.GetTimestamp();
        return await store.FindAsync(domain, cancellationToken) is { } kept && StsPolicy.TryParse(kept.Text, out var policy)
            ? new Known(policy, kept.Id, kept.FetchedAt, lookedAt)
            : new Known(null, "", default, lookedAt);
    }

    private async Task<Known> FetchAsync(DomainName domain, string id, Known known, CancellationToken cancellationToken)
    {
        switch (await fetch.FetchAsync(domain, cancellationToken))
        {
            case StsFetched.Policy(var policy):
                var fresh = Remember(domain, new Known(policy, id, clock.UtcNow, time.GetTimestamp()));
                log.PolicyFetched(domain, id, policy.Mode, policy.MaxAge);
                try
                {
                    await store.KeepAsync(new KeptStsPolicy(domain, id, policy.ToString(), fresh.FetchedAt), cancellationToken);
                }
                catch (StoreUnavailableException trouble)
                {
                    log.PolicyNotKept(domain, trouble.Message); // this process has it all the same, and the next one fetches it
                }
                return fresh;
            case StsFetched.Nothing(var why):
                log.PolicyNotFetched(domain, id, why, known.IsInForce(clock.UtcNow));
                return Remember(domain, known with { Failed = (id, time.GetTimestamp()) });
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private Known? Recall(DomainName domain)
    {
        lock (_gate)
            return _known.GetValueOrDefault(domain);
    }

    private Known Remember(DomainName domain, Known known)
    {
        lock (_gate)
        {
            if (_known.Count >= MaxRemembered && !_known.ContainsKey(domain))
                _known.Clear();
            _known[domain] = known;
        }
        return known;
    }
}
