// The directory: which domains, accounts and aliases there are.
namespace MailFunctions.Mail.Stores;

/// <summary>
/// Reads the directory. What is read, and what is found absent, may be up to 60 seconds old. Every method throws
/// <see cref="StoreUnavailableException"/> when the answer is neither known nor to be had.
/// </summary>
public interface IDirectory
{
    /// <summary>The domain, or null if it is none of ours.</summary>
    ValueTask<LocalDomain?> FindDomainAsync(DomainName name, CancellationToken cancellationToken);

    /// <summary>The account with exactly this canonical address, or null. A removed one is returned and says so.</summary>
    ValueTask<Account?> FindAccountAsync(EmailAddress address, CancellationToken cancellationToken);

    /// <summary>The alias with exactly this name, or null.</summary>
    ValueTask<Alias?> FindAliasAsync(AliasName name, CancellationToken cancellationToken);

    /// <summary>The way that the operator has laid down for mail to this domain, or null.</summary>
    ValueTask<DomainRoute?> FindRouteAsync(DomainName name, CancellationToken cancellationToken);
}
