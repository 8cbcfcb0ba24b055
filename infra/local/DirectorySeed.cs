// Makes the domains, accounts and aliases of a local run in the directory.
using System.Security.Cryptography;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Local;

/// <summary>An account that is in the directory now.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Password">Its password; null if it was there before and keeps the one it had.</param>
internal sealed record SeededAccount(EmailAddress Address, string? Password);

/// <summary>Puts what the command line names into the directory.</summary>
internal sealed class DirectorySeed(MailStores stores)
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
        await stores.Layout.CreateAllAsync(cancellationToken);
        var accounts = new List<SeededAccount>();
        foreach (var wanted in options.Accounts)
        {
            var there = await stores.Directory.FindAccountAsync(wanted.Address, cancellationToken) is { RemovedAt: null };
            var password = wanted.Password ?? (there ? null : MakePassword());
            if (password is not null)
                await stores.Directory.Accounts.PutAsync(new Account(wanted.Address, ScramVerifier.Create(password)), cancellationToken);
            accounts.Add(new SeededAccount(wanted.Address, password));
        }
        foreach (var domain in options.Domains)
        {
            var postmaster = options.Accounts.FirstOrDefault(account => account.Address.Domain == domain) ?? options.Accounts[0];
            await stores.Directory.Domains.AddAsync(new LocalDomain(domain, DomainKind.Local, postmaster.Address), cancellationToken); // one that is there stays as its operator set it
        }
        foreach (var alias in options.Aliases)
            await stores.Directory.Aliases.PutAsync(alias, cancellationToken);
        return accounts;
    }

    private static string MakePassword() => RandomNumberGenerator.GetString(PasswordLetters, PasswordLength);
}
