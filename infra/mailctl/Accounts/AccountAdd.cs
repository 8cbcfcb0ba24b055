// mailctl account add
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Accounts;

/// <summary>Adds an account, or brings a removed one back under a new password.</summary>
internal sealed class AccountAdd : Verb
{
    private readonly Argument<EmailAddress> _address = Operands.Account();
    private readonly PasswordEntry _passwords;

    public AccountAdd(Workstation workstation)
        : base(
            "add", "Adds an account. The password is asked for, or read as one line from standard input.",
            "mailctl account add alice@example.org < password.txt")
    {
        _passwords = new PasswordEntry(workstation);
        Add(_address);
        Add(Operands.NoPassword());
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var address = arguments.GetRequiredValue(_address);
        if (await FindObstacleAsync(address, stores.Directory, cancellationToken) is { } obstacle)
            return new Answer.Refused(obstacle);
        return await _passwords.ReadAsync(address, cancellationToken) switch
        {
            PasswordReading.Given(var password) => await AddAsync(new Account(address, ScramVerifier.Create(password)), stores, cancellationToken),
            PasswordReading.Unusable(var why) => why,
            var other => throw new InvalidOperationException($"Nobody knows what to do with {other}."),
        };
    }

    private static async Task<string?> FindObstacleAsync(EmailAddress address, BlobDirectory directory, CancellationToken cancellationToken)
    {
        switch (await directory.FindDomainAsync(address.Domain, cancellationToken))
        {
            case null:
                return $"{address.Domain} is no domain of ours: 'mailctl domain add {address.Domain} --postmaster ADDRESS' makes it one.";
            case { Kind: DomainKind.RelayFor }:
                return $"{address.Domain} is a domain that we only relay for; its mailboxes are kept elsewhere.";
        }
        if (await directory.FindAccountAsync(address, cancellationToken) is { RemovedAt: null })
            return Exists(address);
        return await directory.FindAliasAsync(AliasName.Of(address), cancellationToken) is null
            ? null
            : $"{address} is an alias, whose mail the account would take: 'mailctl alias remove {address}' makes room for it.";
    }

    private static async Task<Answer> AddAsync(Account account, MailStores stores, CancellationToken cancellationToken)
    {
        if (await stores.Directory.Accounts.AddAsync(account, cancellationToken))
            return new Answer.Done(new AccountReport("added", AccountView.Of(account), null));

        var isInUse = false;
        await stores.Directory.Accounts.ChangeAsync(account.Address, known =>
        {
            isInUse = known.RemovedAt is null;
            return isInUse ? known : account;
        }, cancellationToken);
        if (isInUse)
            return new Answer.Refused(Exists(account.Address));
        var messages = await stores.Mailboxes.ListAsync(account.Address, cancellationToken)
            .CountAsync(entry => !entry.IsTombstone, cancellationToken);
        return new Answer.Done(new AccountReport("added again", AccountView.Of(account), new MailboxView("found", messages, null)));
    }

    private static string Exists(EmailAddress address) =>
        $"the account {address} exists already: 'mailctl account passwd {address}' changes its password.";
}
