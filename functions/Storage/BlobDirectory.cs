// The directory in blobs.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>Which domains, accounts and aliases there are: read by everybody, changed through its three sections by operators.</summary>
public sealed class BlobDirectory : IDirectory
{
    internal BlobDirectory(StoreContainer container)
    {
        Domains = new DirectorySection<DomainName, LocalDomain>(container, DirectoryFormats.Domains);
        Accounts = new DirectorySection<EmailAddress, Account>(container, DirectoryFormats.Accounts);
        Aliases = new DirectorySection<AliasName, Alias>(container, DirectoryFormats.Aliases);
    }

    /// <summary>The domains.</summary>
    public DirectorySection<DomainName, LocalDomain> Domains { get; }

    /// <summary>The accounts, by canonical address.</summary>
    public DirectorySection<EmailAddress, Account> Accounts { get; }

    /// <summary>The aliases and catch-alls.</summary>
    public DirectorySection<AliasName, Alias> Aliases { get; }

    /// <inheritdoc/>
    public ValueTask<LocalDomain?> FindDomainAsync(DomainName name, CancellationToken cancellationToken) => Domains.FindAsync(name, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Account?> FindAccountAsync(EmailAddress address, CancellationToken cancellationToken) =>
        Accounts.FindAsync(address, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Alias?> FindAliasAsync(AliasName name, CancellationToken cancellationToken) => Aliases.FindAsync(name, cancellationToken);
}
