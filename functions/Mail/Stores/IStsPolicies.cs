// The policies by which other domains protect the mail that is brought to them, as they were fetched last.
namespace MailFunctions.Mail.Stores;

/// <summary>
/// Fetched MTA-STS policies (RFC 8461), so that whoever can hide a domain's policy from one process, or at one time, gains nothing. Every method throws
/// <see cref="StoreUnavailableException"/> when storage cannot be reached.
/// </summary>
public interface IStsPolicies
{
    /// <summary>The domains of which a policy is kept; one call a page of 5,000.</summary>
    IAsyncEnumerable<DomainName> ListAsync(CancellationToken cancellationToken);

    /// <summary>The policy of a domain as kept, or null if none is, or none that can be read. One call.</summary>
    Task<KeptStsPolicy?> FindAsync(DomainName domain, CancellationToken cancellationToken);

    /// <summary>Keeps a policy in place of the one before. One call.</summary>
    Task KeepAsync(KeptStsPolicy policy, CancellationToken cancellationToken);
}

/// <summary>A policy as it was fetched.</summary>
/// <param name="Domain">Whose it is.</param>
/// <param name="Id">The id that the domain's record had.</param>
/// <param name="Text">The policy.</param>
/// <param name="FetchedAt">When, by the storage service's clock.</param>
public sealed record KeptStsPolicy(DomainName Domain, string Id, string Text, DateTimeOffset FetchedAt);
