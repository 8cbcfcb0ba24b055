// mailctl mailbox deleted
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MailFunctions.Mail;
using MailFunctions.Mailctl.Queue;
using MailFunctions.Mime.Summaries;
using MailFunctions.Storage;
using Spectre.Console;

namespace MailFunctions.Mailctl.Mailboxes;

/// <summary>Lists what was deleted from a mailbox and is still kept.</summary>
internal sealed class MailboxDeleted : Verb
{
    private readonly Argument<EmailAddress> _account = Operands.Account();

    public MailboxDeleted()
        : base(
            "deleted", "Lists what was deleted from a mailbox and is still kept, the newest first: on Azure for 14 days; the local run keeps nothing.",
            "mailctl mailbox deleted alice@example.org") =>
        Add(_account);

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var account = arguments.GetRequiredValue(_account);
        if (await MailboxOwner.RefuseAsync(account, stores, cancellationToken) is { } refusal)
            return refusal;
        var deleted = await stores.DeletedCopies.ListAsync(account, cancellationToken)
            .Select(copy => CopyView.Of(copy.Entry, CopySummary.Read(copy.Summary))).ToListAsync(cancellationToken);
        deleted.Reverse();
        return new Answer.Done(new MailboxDeletedReport(account.ToString(), deleted));
    }
}

/// <summary>What was deleted.</summary>
/// <param name="Account">From where.</param>
/// <param name="Deleted">The copies, the newest first.</param>
internal sealed record MailboxDeletedReport(string Account, IReadOnlyList<CopyView> Deleted) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.MailboxDeletedReport);

    public void Print(IAnsiConsole console) => console.PrintTable(
        "Nothing that was deleted is kept.", ["ID", "STORED", "FROM", "SUBJECT", "OCTETS"],
        Deleted.Select(copy => (string[])[
            copy.Id, copy.StoredAt.ForPeople(), copy.Summary?.From is [var author, ..] ? HeaderExcerpt.Printable(author.Address) : "?",
            copy.Summary is { } summary ? HeaderExcerpt.Printable(summary.Subject ?? "(none)") : "?", copy.Octets.ToString(CultureInfo.InvariantCulture)]));
}
