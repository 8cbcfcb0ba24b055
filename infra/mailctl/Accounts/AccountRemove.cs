// mailctl account remove
using System.CommandLine;
using System.CommandLine.Parsing;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Accounts;

/// <summary>
/// Removes an account. Its record stays and says when, since mail that was accepted for it may still be on its way; what arrives later goes to the
/// domain's postmaster. A removal that was cut off is taken up again by the same command.
/// </summary>
internal sealed class AccountRemove : Verb
{
    private readonly Argument<EmailAddress> _address = Operands.Account();
    private readonly Option<bool> _keep = new("--keep") { Description = "Keep the mailbox; it is found again if the account is added again." };
    private readonly Option<string?> _export = new("--export")
    {
        Description = "Save the mailbox as an mbox file in this folder, then delete it.", HelpName = "FOLDER",
    };

    private readonly Option<bool> _delete = new("--delete") { Description = "Delete the mailbox." };
    private readonly Workstation _workstation;

    public AccountRemove(Workstation workstation)
        : base(
            "remove", "Removes an account. Exactly one of --keep, --export and --delete says what becomes of the mailbox.",
            "mailctl account remove alice@example.org --export ./mail")
    {
        _workstation = workstation;
        Add(_address);
        Add(_keep);
        Add(_export);
        Add(_delete);
        Validators.Add(RequireOneFate);
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var address = arguments.GetRequiredValue(_address);
        var folder = arguments.GetValue(_export);
        if (await stores.Directory.FindAccountAsync(address, cancellationToken) is not { } account)
            return new Answer.Refused($"there is no account {address}: 'mailctl account list' shows them.");
        if (account.RemovedAt is { } since && arguments.GetValue(_keep))
            return new Answer.Refused($"the account {address} was removed at {since.ForPeople()} already; --export or --delete empties its mailbox.");

        var consequences = new Consequences(stores.Directory, new PlannedDirectory(stores.Directory) { WithoutAccount = address });
        if (account.RemovedAt is null
            && await consequences.FindLostPostmasterAsync(AliasName.Of(address), cancellationToken) is var (domain, duty))
        {
            var reason = duty.Canonical == address ? $"{address} is the postmaster of {domain}" : $"without {address} mail for {duty} would lead nowhere";
            return new Answer.Refused(
                $"{reason}: name another postmaster first by 'mailctl domain set {domain} --postmaster ADDRESS'.");
        }
        var warnings = await consequences.FindLostTargetsAsync(cancellationToken).ToListAsync(cancellationToken);

        if (await stores.Mailboxes.TryLockAsync(address, cancellationToken) is not { } lease)
            return InUse(address);
        try
        {
            var removal = new Removal(stores, lease, _workstation.Clock, address);
            if (folder is not null)
                return await removal.ExportAsync(folder, warnings, cancellationToken);
            return arguments.GetValue(_delete)
                ? await removal.DeleteAsync(warnings, cancellationToken)
                : await removal.KeepAsync(warnings, cancellationToken);
        }
        finally
        {
            await lease.ReleaseAsync(CancellationToken.None);
        }
    }

    /// <summary>The answer while somebody is logged in.</summary>
    public static Answer.Refused InUse(EmailAddress address) =>
        new($"the mailbox of {address} is in use by a mail client: try again when it has hung up.");

    private void RequireOneFate(CommandResult result)
    {
        var given = ((Option[])[_keep, _export, _delete]).Count(option => result.GetResult(option) is { Implicit: false });
        if (given != 1)
            result.AddError("Say what becomes of the mailbox by exactly one of --keep, --export FOLDER and --delete.");
    }
}
