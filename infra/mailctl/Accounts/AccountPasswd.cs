// mailctl account passwd
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Accounts;

/// <summary>Changes a password.</summary>
internal sealed class AccountPasswd : Verb
{
    private readonly Argument<EmailAddress> _address = Operands.Account();
    private readonly PasswordEntry _passwords;

    public AccountPasswd(Workstation workstation)
        : base(
            "passwd", "Changes an account's password, which is asked for, or read as one line from standard input. It holds within a minute.",
            "mailctl account passwd alice@example.org")
    {
        _passwords = new PasswordEntry(workstation);
        Add(_address);
        Add(Operands.NoPassword());
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var address = arguments.GetRequiredValue(_address);
        if (Judge(address, await stores.Directory.FindAccountAsync(address, cancellationToken)) is { } refused)
            return refused;
        switch (await _passwords.ReadAsync(address, cancellationToken))
        {
            case PasswordReading.Unusable(var why):
                return why;
            case PasswordReading.Given(var password):
                var verifier = ScramVerifier.Create(password);
                var changed = await stores.Directory.Accounts.ChangeAsync(
                    address, account => account.RemovedAt is null ? account with { Verifier = verifier } : account, cancellationToken);
                return (Answer?)Judge(address, changed) ?? new Answer.Done(new AccountReport("password changed", AccountView.Of(changed!), null));
            case var other:
                throw new InvalidOperationException($"Nobody knows what to do with {other}.");
        }
    }

    private static Answer.Refused? Judge(EmailAddress address, Account? account) => account switch
    {
        null => new Answer.Refused($"there is no account {address}: 'mailctl account list' shows them."),
        { RemovedAt: not null } => new Answer.Refused($"the account {address} was removed: 'mailctl account add {address}' brings it back."),
        _ => null,
    };
}
