// mailctl account quota
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Accounts;

/// <summary>Sets how much an account's mailbox may hold.</summary>
internal sealed class AccountQuota : Verb
{
    private readonly Argument<EmailAddress> _address = Operands.Account();
    private readonly Argument<MailboxSize> _size = Operands.MailboxSize();

    public AccountQuota()
        : base(
            "quota", "Sets how much an account's mailbox may hold; what is beyond it is put off at the gateway, with 452. It holds within a minute.",
            "mailctl account quota alice@example.org 2G")
    {
        Add(_address);
        Add(_size);
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var (address, size) = (arguments.GetRequiredValue(_address), arguments.GetRequiredValue(_size));
        var changed = await stores.Directory.Accounts.ChangeAsync(
            address, account => account.RemovedAt is null ? account with { Quota = size.Octets } : account, cancellationToken);
        return changed switch
        {
            null => new Answer.Refused($"there is no account {address}: 'mailctl account list' shows them."),
            { RemovedAt: not null } => new Answer.Refused($"the account {address} was removed: 'mailctl account add {address}' brings it back."),
            _ => new Answer.Done(new AccountReport($"quota is {size}", AccountView.Of(changed), null)),
        };
    }
}
