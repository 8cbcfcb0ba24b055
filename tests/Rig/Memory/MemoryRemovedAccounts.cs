// Removed accounts, in memory.
using MailFunctions.Mail.Stores;

namespace MailFunctions.Rig.Memory;

/// <summary>A list of removed accounts.</summary>
public sealed class MemoryRemovedAccounts : IRemovedAccounts
{
    /// <summary>The accounts.</summary>
    public IList<RemovedAccount> Accounts { get; } = [];

    public async IAsyncEnumerable<RemovedAccount> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        foreach (var account in Accounts)
            yield return account;
    }
}
