// The removed accounts, read off the directory.
using System.Runtime.CompilerServices;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>
/// Goes through all accounts anew at every call, which costs one call an account; whom a postmaster address leads to may be a minute old.
/// </summary>
internal sealed class RemovedAccounts(BlobDirectory directory) : IRemovedAccounts
{
    private readonly RecipientResolver _resolver = new(directory);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RemovedAccount> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var account in directory.Accounts.ListAsync(cancellationToken))
        {
            if (account.RemovedAt is not null)
                yield return new RemovedAccount(account, await FindPostmasterAsync(account.Address, cancellationToken));
        }
    }

    private async ValueTask<EmailAddress?> FindPostmasterAsync(EmailAddress removed, CancellationToken cancellationToken)
    {
        var postmaster = EmailAddress.Parse($"postmaster@{removed.Domain}");
        if (await _resolver.ResolveAsync(postmaster, cancellationToken) is not Resolution.Found found)
            return null;
        // What is known of the account itself may be from before its removal: its late mail must not be moved onto itself and then deleted.
        return found.Recipients.FirstOrDefault(to => to.IsLocal && to.Target != removed)?.Target;
    }
}
