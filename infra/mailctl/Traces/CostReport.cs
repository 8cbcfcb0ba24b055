// What mailctl cost prints.
using System.Globalization;
using System.Text.Json;
using MailFunctions.Mail.Traces;
using Spectre.Console;

namespace MailFunctions.Mailctl.Traces;

/// <summary>A domain's share: of the cost as much as of all copies that were delivered or sent.</summary>
/// <param name="Domain">The domain of the recipient of what was delivered, of the sender of what was sent; empty for reports.</param>
/// <param name="Delivered">Copies in mailboxes.</param>
/// <param name="Sent">Successful attempts at other systems.</param>
/// <param name="Octets">The octets of both.</param>
/// <param name="Cost">In the currency of the prices.</param>
internal sealed record DomainCost(string Domain, long Delivered, long Sent, long Octets, decimal Cost);

/// <summary>What was used and what it costs.</summary>
/// <param name="From">From when.</param>
/// <param name="To">To when.</param>
/// <param name="Currency">The currency of the prices.</param>
/// <param name="Use">The requests.</param>
/// <param name="Cost">What they cost.</param>
/// <param name="Accepted">Messages that were accepted.</param>
/// <param name="PerMessage">The cost of each; null if there is none.</param>
/// <param name="Domains">The domains' shares.</param>
/// <param name="LostEntries">Entries that were not kept, by which these figures may be too small.</param>
internal sealed record CostReport(
    DateTimeOffset From, DateTimeOffset To, string Currency, StorageUse Use, decimal Cost, long Accepted, decimal? PerMessage, IReadOnlyList<DomainCost> Domains,
    long LostEntries) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.CostReport);

    public void Print(IAnsiConsole console)
    {
        console.PrintLine($"{From.ForPeople()} to {To.ForPeople()}: {Number(Accepted)} messages accepted, {Number(Use.Requests)} requests, {Money(Cost)}"
            + (PerMessage is { } each ? $", {Money(each * 1_000)} per 1,000 messages" : ""));
        console.PrintTable("", ["REQUESTS", "COUNT"],
        [
            ["blob writes", Number(Use.Writes)], ["blob lists", Number(Use.Lists)], ["blob reads", Number(Use.Reads)], ["other blob requests", Number(Use.Others)],
            ["blob deletions", Number(Use.Deletions)], ["queue requests", Number(Use.QueueCalls)], ["octets sent", Number(Use.OctetsUp)],
            ["octets received", Number(Use.OctetsDown)],
        ]);
        console.PrintTable("No message was delivered or sent.", ["DOMAIN", "DELIVERED", "SENT", "OCTETS", "COST"],
            Domains.Select(row => (string[])[
                row.Domain.Length == 0 ? "(reports)" : row.Domain, Number(row.Delivered), Number(row.Sent), Number(row.Octets), Money(row.Cost)]));
        if (LostEntries > 0)
            console.PrintLine($"{Number(LostEntries)} entries were lost: the true figures are larger.");
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private string Money(decimal amount) => $"{amount.ToString("0.000000", CultureInfo.InvariantCulture)} {Currency}";
}
