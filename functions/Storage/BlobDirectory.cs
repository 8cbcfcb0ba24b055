// The directory in blobs.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>Which domains, accounts, aliases and routes there are: read by everybody, changed through its sections by operators.</summary>
public sealed class BlobDirectory : IDirectory
{
    private readonly RoutedDomains _routed;

    internal BlobDirectory(StoreContainer container)
    {
        Domains = new DirectorySection<DomainName, LocalDomain>(container, DirectoryFormats.Domains);
        Accounts = new DirectorySection<EmailAddress, Account>(container, DirectoryFormats.Accounts);
        Aliases = new DirectorySection<AliasName, Alias>(container, DirectoryFormats.Aliases);
        Routes = new DirectorySection<DomainName, DomainRoute>(container, DirectoryFormats.Routes);
        _routed = new RoutedDomains(container);
    }

    /// <summary>The domains.</summary>
    public DirectorySection<DomainName, LocalDomain> Domains { get; }

    /// <summary>The accounts, by canonical address.</summary>
    public DirectorySection<EmailAddress, Account> Accounts { get; }

    /// <summary>The aliases and catch-alls.</summary>
    public DirectorySection<AliasName, Alias> Aliases { get; }

    /// <summary>The routes, by domain.</summary>
    public DirectorySection<DomainName, DomainRoute> Routes { get; }

    /// <inheritdoc/>
    public ValueTask<LocalDomain?> FindDomainAsync(DomainName name, CancellationToken cancellationToken) => Domains.FindAsync(name, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Account?> FindAccountAsync(EmailAddress address, CancellationToken cancellationToken) =>
        Accounts.FindAsync(address, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Alias?> FindAliasAsync(AliasName name, CancellationToken cancellationToken) => Aliases.FindAsync(name, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Every message that leaves asks this, and hardly a domain has a route: one listing a minute answers for all that have none.</remarks>
    public async ValueTask<DomainRoute?> FindRouteAsync(DomainName name, CancellationToken cancellationToken) =>
        await _routed.ContainsAsync(name, cancellationToken) ? await Routes.FindAsync(name, cancellationToken) : null;
}
