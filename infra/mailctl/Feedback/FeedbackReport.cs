// What the reports verbs print.
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace MailFunctions.Mailctl.Feedback;

/// <summary>Reports from other systems.</summary>
internal sealed record FeedbackReport(IReadOnlyList<FoundFeedback> Reports) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.FeedbackReport);

    public void Print(IAnsiConsole console)
    {
        foreach (var report in Reports)
        {
            if (report.Dmarc is { } dmarc)
                Print(console, dmarc);
            if (report.Tls is { } tls)
                Print(console, tls);
        }
        if (Reports.Count == 0)
            console.PrintLine("There are no reports.");
    }

    private static void Print(IAnsiConsole console, DmarcFeedback report)
    {
        console.PrintLine(Clean(
            $"DMARC of {report.Domain} (p={report.Policy}) by {report.Organization}, "
            + $"{report.From.ForPeople()} to {report.To.ForPeople()}, report {report.Id}"));
        console.PrintTable(
            "Nothing was seen.", ["SOURCE", "COUNT", "DONE", "DKIM", "SPF", "FROM"],
            report.Rows.OrderByDescending(row => row.Count)
                .Select(row => Clean(row.Source, Number(row.Count), row.Disposition, row.Dkim, row.Spf, row.HeaderFrom)));
    }

    private static void Print(IAnsiConsole console, TlsFeedback report)
    {
        console.PrintLine(Clean($"TLS by {report.Organization}, {report.From.ForPeople()} to {report.To.ForPeople()}, report {report.Id}"));
        console.PrintTable(
            "Nothing was seen.", ["DOMAIN", "POLICY", "GOOD", "FAILED", "WHY", "EXCHANGER", "SOURCE"],
            report.Policies.SelectMany(policy => policy.Details
                .Select(detail => Clean("", "", "", Number(detail.Count), detail.Kind, detail.Exchanger, detail.Source))
                .Prepend(Clean(policy.Domain, policy.Kind, Number(policy.Successes), Number(policy.Failures), "", "", ""))));
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string[] Clean(params string[] cells) => [.. cells.Select(Clean)];

    // Strangers have written it, and a terminal obeys control characters.
    private static string Clean(string text)
    {
        const int MaxCell = 300;
        var shown = string.Concat(text.Take(MaxCell).Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format ? '?' : c));
        return text.Length > MaxCell ? shown + "..." : shown;
    }
}
