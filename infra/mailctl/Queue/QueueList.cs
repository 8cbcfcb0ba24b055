// mailctl queue list
using System.CommandLine;
using System.Text.Json;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Storage;
using Spectre.Console;

namespace MailFunctions.Mailctl.Queue;

/// <summary>Lists what is in the ledger: mail that waits for its next attempt, and mail that is held.</summary>
internal sealed class QueueList() : Verb("list", "Lists the mail that waits to leave, a line for each destination.", "mailctl queue list --json")
{
    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var waiting = new List<WaitingView>();
        await foreach (var entry in stores.Ledgers.ListAsync("", cancellationToken))
        {
            switch (await stores.Ledgers.ReadAsync(entry.Id, cancellationToken))
            {
                case LedgerReading.Found found:
                    waiting.AddRange(found.Ledger.Destinations.Select(destination => WaitingView.Of(entry, found.Ledger, destination)));
                    break;
                case LedgerReading.UnknownVersion:
                    waiting.Add(WaitingView.Unreadable(entry, "unknownVersion"));
                    break;
                case LedgerReading.Damaged:
                    waiting.Add(WaitingView.Unreadable(entry, "damaged"));
                    break;
                case LedgerReading.Missing:
                    break; // finished since the list was made
            }
        }
        return new Answer.Done(new QueueListReport(waiting));
    }
}

/// <summary>What waits for one destination.</summary>
/// <param name="Id">The message's spool id, as in the 250 reply and the logs.</param>
/// <param name="Sender">The reverse-path; empty for the null one, null if the ledger cannot be read.</param>
/// <param name="Since">When the message was begun, by the gateway's clock.</param>
/// <param name="Destination">Where it goes; null if the ledger cannot be read.</param>
/// <param name="State"><c>held</c>, <c>due</c>, or why the ledger cannot be read: <c>damaged</c>, <c>unknownVersion</c>.</param>
/// <param name="Next">When something is done for the message next; null while all of it is held.</param>
/// <param name="Recipients">Who is not finished.</param>
internal sealed record WaitingView(
    string Id, string? Sender, DateTimeOffset Since, string? Destination, string State, DateTimeOffset? Next, IReadOnlyList<string> Recipients)
{
    public static WaitingView Of(LedgerEntry entry, Ledger ledger, LedgerDestination destination) => new(
        entry.Id.Text, ledger.ReversePath?.ToString() ?? "", entry.Id.Time, destination.Name,
        JsonNamingPolicy.CamelCase.ConvertName(destination.State.ToString()), entry.Next, [.. destination.Recipients.Select(to => to.Address.ToString())]);

    public static WaitingView Unreadable(LedgerEntry entry, string why) => new(entry.Id.Text, null, entry.Id.Time, null, why, entry.Next, []);
}

/// <summary>All that waits.</summary>
internal sealed record QueueListReport(IReadOnlyList<WaitingView> Waiting) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.QueueListReport);

    public void Print(IAnsiConsole console) => console.PrintTable(
        "No mail waits to leave.", ["ID", "SINCE", "STATE", "DESTINATION", "SENDER", "RECIPIENTS"],
        Waiting.Select(mail => (string[])[
            mail.Id, mail.Since.ForPeople(), mail.State, mail.Destination ?? "?", mail.Sender is null ? "?" : $"<{mail.Sender}>",
            string.Join(", ", mail.Recipients)]));
}
