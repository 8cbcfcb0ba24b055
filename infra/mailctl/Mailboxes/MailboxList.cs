// mailctl mailbox list
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mailctl.Queue;
using MailFunctions.Mime.Summaries;
using MailFunctions.Storage;
using Spectre.Console;

namespace MailFunctions.Mailctl.Mailboxes;

/// <summary>Lists a mailbox by the summaries that were stored with its copies: no message is read.</summary>
internal sealed class MailboxList : Verb
{
    private readonly Argument<EmailAddress> _account = Operands.Account();
    private readonly Option<int> _limit = new("--limit") { Description = "How many, the newest.", HelpName = "NUMBER", DefaultValueFactory = _ => 100 };

    public MailboxList()
        : base("list", "Lists the messages in a mailbox, the newest first.", "mailctl mailbox list alice@example.org --limit 20")
    {
        Add(_account);
        Add(_limit);
        _limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--limit must be 1 or more.");
        });
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var account = arguments.GetRequiredValue(_account);
        if (await MailboxOwner.RefuseAsync(account, stores, cancellationToken) is { } refusal)
            return refusal;
        var newest = new Queue<CopyView>();
        var limit = arguments.GetValue(_limit);
        var (count, octets) = (0, 0L);
        await foreach (var (entry, summary) in stores.Mailboxes.ListDescribedAsync(account, cancellationToken))
        {
            if (entry.IsTombstone)
                continue;
            count++;
            octets += entry.Length;
            newest.Enqueue(CopyView.Of(entry, CopySummary.Read(summary)));
            if (newest.Count > limit)
                newest.Dequeue();
        }
        return new Answer.Done(new MailboxListReport(account.ToString(), count, octets, [.. newest.Reverse()]));
    }
}

/// <summary>A copy in a list.</summary>
/// <param name="Id">Its name.</param>
/// <param name="StoredAt">When it was delivered.</param>
/// <param name="Octets">Its size.</param>
/// <param name="Summary">What is known of it without reading it; null for copies of before there were summaries.</param>
internal sealed record CopyView(string Id, DateTimeOffset StoredAt, long Octets, CopySummary? Summary)
{
    public static CopyView Of(MailboxEntry entry, CopySummary? summary) => new(entry.Uid.Text, entry.CreatedAt, entry.Length, summary);
}

/// <summary>A mailbox.</summary>
internal sealed record MailboxListReport(string Account, int Messages, long Octets, IReadOnlyList<CopyView> Newest) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.MailboxListReport);

    public void Print(IAnsiConsole console)
    {
        console.PrintTable("The mailbox is empty.", ["ID", "STORED", "FROM", "SUBJECT", "OCTETS", "ATTACHMENTS"],
            Newest.Select(copy => (string[])[
                copy.Id, copy.StoredAt.ForPeople(), copy.Summary?.From is [var author, ..] ? HeaderExcerpt.Printable(author.Address) : "?",
                copy.Summary is { } summary ? HeaderExcerpt.Printable(summary.Subject ?? "(none)") : "?", Number(copy.Octets),
                copy.Summary is { AttachmentCount: > 0 } with ? Number(with.AttachmentCount) : ""]));
        if (Messages > Newest.Count)
            console.PrintLine($"{Number(Newest.Count)} of {Number(Messages)} messages, {Number(Octets)} octets in all.");
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
