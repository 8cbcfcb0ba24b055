// Where the organization behind a domain begins.
using MailFunctions.Mail;

namespace MailFunctions.Authentication.Dmarc;

/// <summary>Finds organizational domains: domains align loosely if theirs are the same (RFC 7489 3.2, RFC 9989 4.10.2).</summary>
public interface IOrganizationalDomains
{
    /// <summary>The organizational domain of a domain that is no address literal.</summary>
    /// <returns>Null if it cannot be learned for now.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    Task<OrganizationalDomain?> FindAsync(DomainName domain, CancellationToken cancellationToken);
}

/// <summary>An organizational domain.</summary>
/// <param name="Domain">The domain; the one that was asked for if there is none above it.</param>
/// <param name="PolicyAt">Where the policy stands that holds for domains without one: at the domain, or at the public suffix above it.</param>
public sealed record OrganizationalDomain(DomainName Domain, DomainName PolicyAt);
