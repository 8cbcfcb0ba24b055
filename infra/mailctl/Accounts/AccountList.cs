// mailctl account list
using System.CommandLine;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Accounts;

/// <summary>Lists the accounts.</summary>
internal sealed class AccountList() : Verb("list", "Lists the accounts, also those that were removed.", "mailctl account list --json")
{
    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken) =>
        new Answer.Done(new AccountListReport(
            await stores.Directory.Accounts.ListAsync(cancellationToken).Select(AccountView.Of).ToListAsync(cancellationToken)));
}
