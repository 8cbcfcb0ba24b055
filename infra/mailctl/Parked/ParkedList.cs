// mailctl parked list
using System.CommandLine;
using System.Text.Json;
using MailFunctions.Storage;
using Spectre.Console;

namespace MailFunctions.Mailctl.Parked;

/// <summary>Lists what cannot be processed.</summary>
internal sealed class ParkedList() : Verb("list", "Lists what cannot be processed, and why.", "mailctl parked list --json")
{
    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken) =>
        new Answer.Done(new ParkedListReport(await stores.ParkedRecords.ListAsync(cancellationToken)
            .Select(parked => new ParkedView(parked.Name, parked.At, parked.Queue, parked.Reason)).ToListAsync(cancellationToken)));
}

/// <summary>Something parked.</summary>
/// <param name="Name">The message's spool id, or a hash of a queue text that names none.</param>
/// <param name="At">When it was parked.</param>
/// <param name="Queue">The queue of such a text; null for a message.</param>
/// <param name="Reason">Why it cannot be processed.</param>
internal sealed record ParkedView(string Name, DateTimeOffset? At, string? Queue, string Reason);

/// <summary>All that is parked.</summary>
internal sealed record ParkedListReport(IReadOnlyList<ParkedView> Parked) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.ParkedListReport);

    public void Print(IAnsiConsole console) => console.PrintTable(
        "Nothing is parked.", ["NAME", "SINCE", "QUEUE", "REASON"],
        Parked.Select(parked => (string[])[parked.Name, parked.At?.ForPeople() ?? "?", parked.Queue ?? "", parked.Reason]));
}
