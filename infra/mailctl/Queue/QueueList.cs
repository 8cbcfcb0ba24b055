// mailctl queue list
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Storage;
using Spectre.Console;

namespace MailFunctions.Mailctl.Queue;

/// <summary>Lists what is in the ledger: mail that waits for its next attempt, mail that is held, and reports that are still to be made.</summary>
internal sealed class QueueList : Verb
{
    private readonly QueueSelection _selection;

    public QueueList()
        : base("list", "Lists the mail that waits to leave, a line for each destination.", "mailctl queue list --domain example.net --older 4h") =>
        _selection = QueueSelection.OfFilters(this);

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var only = _selection.DomainOf(arguments);
        var waiting = new List<WaitingView>();
        await foreach (var message in _selection.ListAsync(arguments, stores, cancellationToken))
        {
            switch (message.Reading)
            {
                case LedgerReading.Found(var ledger, _):
                    waiting.AddRange(ledger.Destinations.Where(row => only is null || row.Name == only.Value.Text).Select(row => WaitingView.Of(ledger, row)));
                    if (only is null && ledger.Owed.Count > 0)
                        waiting.Add(WaitingView.OfReports(ledger));
                    break;
                case LedgerReading.UnknownVersion:
                    waiting.Add(WaitingView.Unreadable(message, "unknownVersion"));
                    break;
                case LedgerReading.Damaged:
                    waiting.Add(WaitingView.Unreadable(message, "damaged"));
                    break;
            }
        }
        return new Answer.Done(new QueueListReport(waiting));
    }
}

/// <summary>What waits for one destination.</summary>
/// <param name="Id">The message's spool id, as in the 250 reply and the logs.</param>
/// <param name="Sender">The reverse-path; empty for the null one, null if the ledger cannot be read.</param>
/// <param name="Since">When the message was begun, by the gateway's clock.</param>
/// <param name="Destination">Where it goes, or <c>&lt;report&gt;</c> for reports to be made; null if the ledger cannot be read.</param>
/// <param name="State"><c>held</c>, <c>due</c>, or why the ledger cannot be read: <c>damaged</c>, <c>unknownVersion</c>.</param>
/// <param name="Next">When something is done for the message next; null while all of it is held.</param>
/// <param name="Recipients">Who is not finished.</param>
/// <param name="Attempts">How many attempts have ended.</param>
/// <param name="Trouble">What the last of them ended with, in the peer's words where it had any; null before the first.</param>
internal sealed record WaitingView(
    string Id, string? Sender, DateTimeOffset Since, string? Destination, string State, DateTimeOffset? Next, IReadOnlyList<string> Recipients,
    int Attempts = 0, string? Trouble = null)
{
    public static WaitingView Of(Ledger ledger, LedgerDestination destination) => new(
        ledger.Id.Text, ledger.ReversePath?.ToString() ?? "", ledger.Id.Time, destination.Name, StateOf(destination), ledger.Next,
        [.. destination.Recipients.Select(to => to.Address.ToString())], destination.Attempts, TroubleOf(destination));

    public static WaitingView OfReports(Ledger ledger) => new(
        ledger.Id.Text, ledger.ReversePath?.ToString() ?? "", ledger.Id.Time, Ledger.ReportDestination, StateName(DestinationState.Due), ledger.Next,
        [.. ledger.Owed.SelectMany(report => report.Recipients).Select(to => to.Address.ToString()).Distinct()]);

    public static WaitingView Unreadable(SelectedMessage message, string why) =>
        new(message.Id.Text, null, message.Id.Time, null, why, message.Next, []);

    // One recipient's trouble says more than that of all.
    private static string? TroubleOf(LedgerDestination destination) =>
        (destination.Recipients.Select(to => to.LastTrouble).FirstOrDefault(trouble => trouble is not null) ?? destination.LastTrouble)?.Text;

    public static string StateOf(LedgerDestination destination) => StateName(destination.State);

    private static string StateName(DestinationState state) => JsonNamingPolicy.CamelCase.ConvertName(state.ToString());
}

/// <summary>All that waits.</summary>
internal sealed record QueueListReport(IReadOnlyList<WaitingView> Waiting) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.QueueListReport);

    public void Print(IAnsiConsole console) => console.PrintTable(
        "No mail waits to leave.", ["ID", "SINCE", "STATE", "DESTINATION", "SENDER", "RECIPIENTS", "ATTEMPTS", "TROUBLE"],
        Waiting.Select(mail => (string[])[
            mail.Id, mail.Since.ForPeople(), mail.State, mail.Destination ?? "?", mail.Sender is null ? "?" : $"<{mail.Sender}>",
            string.Join(", ", mail.Recipients), mail.Attempts.ToString(CultureInfo.InvariantCulture), mail.Trouble ?? ""]));
}
