// Finds organizational domains by asking the domains themselves.
using MailFunctions.Dns;
using MailFunctions.Mail;

namespace MailFunctions.Authentication.Dmarc;

/// <summary>The tree walk of RFC 9989 4.10: from a domain upwards, until one says what it is (psd=).</summary>
public sealed class TreeWalk(IResolver resolver) : IOrganizationalDomains
{
    /// <summary>The most questions for one domain (RFC 9989 4.10).</summary>
    public const int MaxQueries = 8;

    /// <inheritdoc/>
    public async Task<OrganizationalDomain?> FindAsync(DomainName domain, CancellationToken cancellationToken)
    {
        DomainName? highest = null;
        for (DomainName? next = domain; next is { } here; next = Above(here))
        {
            var (record, isKnown) = await Publication.FindAsync(resolver, here, cancellationToken);
            if (!isKnown)
                return null;
            if (record is null)
                continue;
            if (record.IsSuffix is true && here != domain)
                return BelowSuffix(domain, here, highest);
            highest = here;
            if (record.IsSuffix is not null)
                break;
        }
        // RFC 9989 4.10.2: the record with the fewest labels; without any, the domain stands for itself.
        return new OrganizationalDomain(highest ?? domain, highest ?? domain);
    }

    // RFC 9989 4.10.2 step 2: the domain one label below the suffix. Its own record comes before the suffix's (4.10.1).
    private static OrganizationalDomain BelowSuffix(DomainName domain, DomainName suffix, DomainName? highest)
    {
        var front = domain.Text.AsSpan(0, domain.Text.Length - suffix.Text.Length - 1);
        var below = DomainName.Parse(domain.Text[(front.LastIndexOf('.') + 1)..]);
        return new OrganizationalDomain(below, highest == below ? below : suffix);
    }

    // One label less; of a long name all but the last seven, so that no name costs more than the eight questions.
    private static DomainName? Above(DomainName domain)
    {
        var rest = domain.Text.AsSpan();
        do
        {
            var dot = rest.IndexOf('.');
            if (dot < 0)
                return null;
            rest = rest[(dot + 1)..];
        }
        while (rest.Count('.') + 1 >= MaxQueries);
        return DomainName.Parse(new string(rest));
    }
}
