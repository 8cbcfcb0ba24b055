// Checks whether the domain of a message's author answers for the message, and what it wants to be done if not.
using MailFunctions.Authentication.Dkim;
using MailFunctions.Authentication.Spf;
using MailFunctions.Dns;
using MailFunctions.Mail;

namespace MailFunctions.Authentication.Dmarc;

/// <summary>DMARC (RFC 7489 6.6, with np= of RFC 9091 and psd= and t= of RFC 9989).</summary>
/// <param name="resolver">Where records are asked for.</param>
/// <param name="organizations">Finds organizational domains.</param>
/// <param name="chance">Draws the messages to which a policy with pct= applies; called by several threads at once, so <see cref="Random.Shared"/>.</param>
public sealed class DmarcCheck(IResolver resolver, IOrganizationalDomains organizations, Random chance)
{
    /// <summary>The most domains of authors that are asked for.</summary>
    public const int MaxDomains = 8;

    /// <summary>Checks a message.</summary>
    /// <param name="fromFields">The values of its From fields, line ends taken off, as <see cref="Mime.HeaderScan.From"/> has them.</param>
    /// <param name="spf">What SPF said of the reverse-path, or of HELO if that is null; null if the address of the client is not known.</param>
    /// <param name="dkim">What was made of its signatures.</param>
    /// <param name="cancellationToken">Ends the waiting for records.</param>
    /// <returns>
    /// What was found; trouble with DNS is <see cref="DmarcResult.TempError"/>. If authors are of several domains (RFC 7489 6.6.1) it is no pass, and the
    /// strictest policy of those that fail is applied.
    /// </returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<DmarcVerdict> CheckAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> fromFields, SpfVerdict? spf, IReadOnlyList<DkimResult> dkim, CancellationToken cancellationToken)
    {
        var authors = AuthorDomains.Read(fromFields);
        if (authors.Fault is { } fault)
            return Without(fromFields.Count == 0 ? DmarcResult.None : DmarcResult.PermError, null, fault);
        if (authors.Domains.Count > MaxDomains)
            return Without(DmarcResult.PermError, null, "the authors are of more domains than are looked at");
        var evidence = new Evidence(organizations, spf, dkim);
        DmarcVerdict? worst = null;
        DmarcVerdict? asking = null; // the first that asks for a check
        foreach (var domain in authors.Domains)
        {
            var verdict = await CheckAsync(domain, evidence, cancellationToken);
            if (worst is null || Weight(verdict) > Weight(worst))
                worst = verdict;
            asking ??= verdict.PublishedAt is null ? null : verdict;
        }
        // A reader may be shown one author alone, so several domains never pass; yet what each of them answers for is not refused (RFC 7489 6.6.1).
        if (authors.Domains.Count > 1 && asking is not null && worst!.Result is (DmarcResult.Pass or DmarcResult.None))
            return asking with { Result = DmarcResult.Fail, Disposition = DmarcPolicy.None, Reason = "the authors are of several domains" };
        return worst!; // authors without a fault have a domain
    }

    private async Task<DmarcVerdict> CheckAsync(DomainName domain, Evidence evidence, CancellationToken cancellationToken)
    {
        if (domain.IsLiteral)
            return Without(DmarcResult.None, domain, "the author's domain is an address");
        var at = domain;
        var (record, isKnown) = await Publication.FindAsync(resolver, at, cancellationToken);
        if (isKnown && record is null)
        {
            // RFC 7489 6.6.3, RFC 9989 4.10.1
            if (await organizations.FindAsync(domain, cancellationToken) is { } organization)
            {
                at = organization.PolicyAt;
                if (at != domain)
                    (record, isKnown) = await Publication.FindAsync(resolver, at, cancellationToken);
            }
            else
            {
                isKnown = false;
            }
        }
        if (!isKnown)
            return Without(DmarcResult.TempError, domain, "the policy of the domain cannot be learned for now");
        if (record is null)
            return Without(DmarcResult.None, domain, "the domain has no policy");
        var policy = record.PolicyFor(at != domain, at != domain && record.MissingPolicy is not null && await IsMissingAsync(domain, cancellationToken));
        if (record.IsTesting)
            policy = Milder(policy); // RFC 9989 4.7
        var alignment = await evidence.AlignAsync(domain, record, cancellationToken);
        return Decide(domain, record, policy, alignment, evidence) with
        {
            PublishedAt = at,
            IsSpfAligned = alignment.Spf == Alignment.Aligned,
            IsDkimAligned = alignment.Dkim == Alignment.Aligned,
        };
    }

    private DmarcVerdict Decide(DomainName domain, DmarcRecord record, DmarcPolicy policy, (Alignment Spf, Alignment Dkim) alignment, Evidence evidence)
    {
        if (alignment.Spf == Alignment.Aligned || alignment.Dkim == Alignment.Aligned)
            return new DmarcVerdict(DmarcResult.Pass, domain, policy, DmarcPolicy.None);
        // Nobody may lose mail because something was not known to us.
        var doubt = evidence.IsWithoutSpf
            ? "the address of the client is not known"
            : (alignment.Spf == Alignment.Unknown || alignment.Dkim == Alignment.Unknown ? "not all could be learned that speaks for the message" : null);
        if (doubt is not null)
            return new DmarcVerdict(DmarcResult.Fail, domain, policy, DmarcPolicy.None, $"{doubt}: the policy is not applied");
        // RFC 7489 6.6.4: those that the draw spares get the next milder policy.
        if (policy != DmarcPolicy.None && record.Percent < 100 && chance.Next(100) >= record.Percent)
            return new DmarcVerdict(DmarcResult.Fail, domain, policy, Milder(policy), "the policy is not applied to all messages");
        return new DmarcVerdict(DmarcResult.Fail, domain, policy, policy);
    }

    // RFC 9091 2.7: a domain that does not exist has neither addresses nor mail exchanges. What is not known may exist.
    private async Task<bool> IsMissingAsync(DomainName domain, CancellationToken cancellationToken)
    {
        if (!DnsName.TryParse(domain.Text, out var name))
            return true;
        return await resolver.QueryAsync<Dns.Records.ARecord>(name, cancellationToken) is Answer<Dns.Records.ARecord>.NoSuchName
            && await resolver.QueryAsync<Dns.Records.AaaaRecord>(name, cancellationToken) is Answer<Dns.Records.AaaaRecord>.NoSuchName
            && await resolver.QueryAsync<Dns.Records.MxRecord>(name, cancellationToken) is Answer<Dns.Records.MxRecord>.NoSuchName;
    }

    private static DmarcPolicy Milder(DmarcPolicy policy) => policy == DmarcPolicy.Reject ? DmarcPolicy.Quarantine : DmarcPolicy.None;

    // A failure outweighs what is not known, which outweighs a domain that asks for nothing; a pass needs all. Of failures the strictest counts.
    private static int Weight(DmarcVerdict verdict) => verdict.Result switch
    {
        DmarcResult.Fail => 10 + ((int)verdict.Disposition * 3) + (int)verdict.Policy,
        DmarcResult.TempError => 2,
        DmarcResult.Pass => 0,
        _ => 1,
    };

    private static DmarcVerdict Without(DmarcResult result, DomainName? domain, string reason) =>
        new(result, domain, DmarcPolicy.None, DmarcPolicy.None, reason);
}
