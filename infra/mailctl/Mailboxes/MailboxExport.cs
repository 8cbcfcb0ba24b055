// mailctl mailbox export
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MailFunctions.Mail;
using MailFunctions.Mailctl.Accounts;
using MailFunctions.Storage;
using Spectre.Console;

namespace MailFunctions.Mailctl.Mailboxes;

/// <summary>Copies a mailbox to files, one message in memory at a time and of that one block; the mailbox stays as it is.</summary>
internal sealed class MailboxExport : Verb
{
    private readonly Argument<EmailAddress> _account = Operands.Account();
    private readonly Option<string?> _mbox = new("--mbox") { Description = "A file to make, in mboxrd form.", HelpName = "FILE" };
    private readonly Option<string?> _maildir = new("--maildir") 
    {
        Description = "A Maildir folder; made if it is missing, and messages that it has already are left alone.", HelpName = "FOLDER",
    };

    public MailboxExport()
        : base("export", "Copies a mailbox to an mbox file or a Maildir folder.", "mailctl mailbox export alice@example.org --maildir alice")
    {
        Add(_account);
        Add(_mbox);
        Add(_maildir);
        Validators.Add(result =>
        {
            if (result.GetResult(_mbox) is not { Implicit: false } == result.GetResult(_maildir) is not { Implicit: false })
                result.AddError("Say where to: --mbox FILE, or --maildir FOLDER.");
        });
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var account = arguments.GetRequiredValue(_account);
        if (await MailboxOwner.RefuseAsync(account, stores, cancellationToken) is { } refusal)
            return refusal;
        try
        {
            return arguments.GetValue(_mbox) is { } file
                ? await ToMboxAsync(account, file, stores, cancellationToken)
                : await ToMaildirAsync(account, new Maildir(arguments.GetValue(_maildir)!), stores, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Answer.Refused(error.Message);
        }
    }

    private static async Task<Answer> ToMboxAsync(EmailAddress account, string path, MailStores stores, CancellationToken cancellationToken)
    {
        await using var file = MboxFile.CreateAt(path);
        var count = 0;
        await foreach (var entry in stores.Mailboxes.ListAsync(account, cancellationToken))
        {
            if (entry.IsTombstone || await stores.Mailboxes.OpenAsync(account, entry.Uid, cancellationToken) is not { } copy)
                continue; // deleted meanwhile
            await using (copy)
                await file.AppendAsync(entry.CreatedAt, copy, cancellationToken);
            count++;
        }
        await file.FinishAsync(cancellationToken);
        return new Answer.Done(new TransferReport("exported", account.ToString(), count, 0, file.Path));
    }

    private static async Task<Answer> ToMaildirAsync(EmailAddress account, Maildir folder, MailStores stores, CancellationToken cancellationToken)
    {
        folder.Prepare();
        var (count, known) = (0, 0);
        await foreach (var entry in stores.Mailboxes.ListAsync(account, cancellationToken))
        {
            if (entry.IsTombstone)
                continue;
            if (folder.Has(entry))
            {
                known++;
                continue;
            }
            if (await stores.Mailboxes.OpenAsync(account, entry.Uid, cancellationToken) is not { } copy)
                continue; // deleted meanwhile
            await using (copy)
                await folder.AddAsync(entry, copy, cancellationToken);
            count++;
        }
        return new Answer.Done(new TransferReport("exported", account.ToString(), count, known, folder.Path));
    }
}

/// <summary>Messages that were copied from or to a mailbox.</summary>
/// <param name="Action"><c>exported</c> or <c>imported</c>.</param>
/// <param name="Account">Whose mailbox.</param>
/// <param name="Messages">How many were copied.</param>
/// <param name="Known">How many were there already.</param>
/// <param name="Path">The file or folder.</param>
internal sealed record TransferReport(string Action, string Account, int Messages, int Known, string Path) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.TransferReport);

    public void Print(IAnsiConsole console) => console.PrintLine(
        string.Create(CultureInfo.InvariantCulture, $"{Account}: {Messages} messages {Action} ({Path}){(Known > 0 ? $"; {Known} were there already" : "")}."));
}
