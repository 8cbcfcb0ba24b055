// The private keys with which domains of ours sign.
namespace MailFunctions.Mail.Stores;

/// <summary>
/// Reads the keys. What is read, and what is found absent, may be up to 60 seconds old. Throws <see cref="StoreUnavailableException"/> when the answer is
/// neither known nor to be had.
/// </summary>
public interface IDkimKeys
{
    /// <summary>The keys of exactly this domain, or null if it has none.</summary>
    ValueTask<DkimKeySet?> FindAsync(DomainName domain, CancellationToken cancellationToken);
}
