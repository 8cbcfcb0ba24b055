// The keys in blobs, in a container of their own: they are the only secrets that are stored.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>A record a domain: read by those who sign, changed by operators.</summary>
public sealed class BlobDkimKeys : IDkimKeys
{
    internal BlobDkimKeys(StoreContainer container) => Sets = new DirectorySection<DomainName, DkimKeySet>(container, DirectoryFormats.DkimKeys);

    /// <summary>The records.</summary>
    public DirectorySection<DomainName, DkimKeySet> Sets { get; }

    /// <inheritdoc/>
    public ValueTask<DkimKeySet?> FindAsync(DomainName domain, CancellationToken cancellationToken) => Sets.FindAsync(domain, cancellationToken);
}
