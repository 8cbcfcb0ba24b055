// mailctl mailbox restore
using System.CommandLine;
using System.Text.Json;
using MailFunctions.Mail;
using MailFunctions.Mailctl.Queue;
using MailFunctions.Storage;
using Spectre.Console;

namespace MailFunctions.Mailctl.Mailboxes;

/// <summary>Puts deleted messages back into their mailbox, under their old names: a client that has fetched one already may not fetch it again.</summary>
internal sealed class MailboxRestore : Verb
{
    private readonly Argument<EmailAddress> _account = Operands.Account();
    private readonly Argument<SpoolId[]> _ids = QueueSelection.Ids(ArgumentArity.ZeroOrMore, "mailctl mailbox deleted");

    private readonly Option<bool> _all = new("--all") { Description = "All that is kept." };

    public MailboxRestore()
        : base(
            "restore", "Puts deleted messages back into a mailbox, as long as they are kept.",
            "mailctl mailbox restore alice@example.org 019c0000000070008000000000000000")
    {
        Add(_account);
        Add(_ids);
        Add(_all);
        Validators.Add(result =>
        {
            if (result.GetValue(_all) == result.GetResult(_ids) is { Tokens.Count: > 0 })
                result.AddError("Give the ids of messages, or --all for everything that is kept.");
        });
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var account = arguments.GetRequiredValue(_account);
        if (await MailboxOwner.RefuseAsync(account, stores, cancellationToken) is { } refusal)
            return refusal;
        var wanted = arguments.GetValue(_all) ? null : (arguments.GetValue(_ids) ?? []).ToHashSet();
        var (restored, refusals) = (new List<string>(), new List<string>());
        await foreach (var copy in stores.DeletedCopies.ListAsync(account, cancellationToken))
        {
            var id = copy.Entry.Uid;
            if (wanted?.Remove(id) is false)
                continue;
            if (await stores.DeletedCopies.RestoreAsync(account, copy, cancellationToken))
                restored.Add(id.Text);
            else
                refusals.Add($"{id} was not restored: its place is taken by now, or it is no longer kept.");
        }
        refusals.AddRange((wanted ?? []).Select(id => $"{id} is not kept: 'mailctl mailbox deleted {account}' shows what is."));
        var report = new MailboxRestoreReport(account.ToString(), restored);
        return refusals.Count == 0 ? new Answer.Done(report) : new Answer.Partly(report, refusals);
    }
}

/// <summary>What was put back.</summary>
/// <param name="Account">Where.</param>
/// <param name="Restored">The ids.</param>
internal sealed record MailboxRestoreReport(string Account, IReadOnlyList<string> Restored) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.MailboxRestoreReport);

    public void Print(IAnsiConsole console)
    {
        foreach (var id in Restored)
            console.PrintLine($"{id} is back in the mailbox of {Account}.");
        if (Restored.Count == 0)
            console.PrintLine("Nothing was restored.");
    }
}
