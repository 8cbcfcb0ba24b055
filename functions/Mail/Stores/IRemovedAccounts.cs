// The accounts that were removed and are still on record.
namespace MailFunctions.Mail.Stores;

/// <summary>Lists removed accounts for the sweep, which moves what still arrives for them to the postmaster.</summary>
public interface IRemovedAccounts
{
    /// <summary>All accounts with <see cref="Account.RemovedAt"/>, read anew at every call.</summary>
    /// <exception cref="StoreUnavailableException">Storage could not be reached.</exception>
    IAsyncEnumerable<RemovedAccount> ListAsync(CancellationToken cancellationToken);
}

/// <summary>A removed account and who takes its late mail.</summary>
/// <param name="Account">The account; its <see cref="Mail.Account.RemovedAt"/> is not null.</param>
/// <param name="Postmaster">
/// The account that the domain's postmaster address leads to now, itself not removed; null if there is none, so that the mail stays where it is.
/// </param>
public sealed record RemovedAccount(Account Account, EmailAddress? Postmaster);
