// mailctl reports list
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Feedback;

/// <summary>Shows the reports in a mailbox.</summary>
internal sealed class FeedbackList : Verb
{
    private readonly Argument<EmailAddress> _account = Operands.Account();

    public FeedbackList()
        : base(
            "list", "Shows the reports about DMARC and TLS that are in a mailbox; other mail is passed over.",
            "mailctl reports list postmaster@example.org") =>
        Add(_account);

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var account = arguments.GetRequiredValue(_account);
        if (await stores.Directory.FindAccountAsync(account, cancellationToken) is null)
            return new Answer.Refused($"{account} is no account: 'mailctl account list' shows them.");
        var found = new List<FoundFeedback>();
        await foreach (var entry in stores.Mailboxes.ListAsync(account, cancellationToken))
        {
            if (entry.IsTombstone || entry.Length > Unpacking.MaxLength
                || await stores.Mailboxes.OpenAsync(account, entry.Uid, cancellationToken) is not { } copy)
                continue;
            await using (copy)
                found.AddRange(await FeedbackReading.ReadAsync(entry.Uid.Text, copy, cancellationToken));
        }
        return new Answer.Done(new FeedbackReport([.. found.OrderBy(report => report.Dmarc?.From ?? report.Tls!.From)]));
    }
}
