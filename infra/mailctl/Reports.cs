// What reports have in common: JSON of one kind, tables of one kind.
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MailFunctions.Mailctl.Accounts;
using MailFunctions.Mailctl.Aliases;
using MailFunctions.Mailctl.Certificates;
using MailFunctions.Mailctl.Dkim;
using MailFunctions.Mailctl.Dns;
using MailFunctions.Mailctl.Doctor;
using MailFunctions.Mailctl.Domains;
using MailFunctions.Mailctl.Feedback;
using MailFunctions.Mailctl.Mailboxes;
using MailFunctions.Mailctl.Parked;
using MailFunctions.Mailctl.Queue;
using MailFunctions.Mailctl.Routes;
using MailFunctions.Mailctl.Scaling;
using MailFunctions.Mailctl.Traces;
using Spectre.Console;

namespace MailFunctions.Mailctl;

/// <summary>The JSON of all reports. A field that is not known is null and never missing.</summary>
[JsonSerializable(typeof(DomainListReport))]
[JsonSerializable(typeof(DomainReport))]
[JsonSerializable(typeof(AccountListReport))]
[JsonSerializable(typeof(AccountReport))]
[JsonSerializable(typeof(AliasListReport))]
[JsonSerializable(typeof(AliasReport))]
[JsonSerializable(typeof(DnsRecordsReport))]
[JsonSerializable(typeof(DnsCheckReport))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(FeedbackReport))]
[JsonSerializable(typeof(RouteListReport))]
[JsonSerializable(typeof(RouteReport))]
[JsonSerializable(typeof(CertificateReport))]
[JsonSerializable(typeof(QueueListReport))]
[JsonSerializable(typeof(QueueChangeReport))]
[JsonSerializable(typeof(MessageReport))]
[JsonSerializable(typeof(ParkedListReport))]
[JsonSerializable(typeof(ParkedShowReport))]
[JsonSerializable(typeof(ParkedChangeReport))]
[JsonSerializable(typeof(MailboxListReport))]
[JsonSerializable(typeof(MailboxDeletedReport))]
[JsonSerializable(typeof(MailboxRestoreReport))]
[JsonSerializable(typeof(TransferReport))]
[JsonSerializable(typeof(DkimListReport))]
[JsonSerializable(typeof(DkimDnsReport))]
[JsonSerializable(typeof(TraceReport))]
[JsonSerializable(typeof(CostReport))]
[JsonSerializable(typeof(ScaleReport))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>The context to write with: addresses stand as they are, since no browser reads this.</summary>
    public static ReportJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

/// <summary>Prints lists and sentences for a person.</summary>
internal static class Printing
{
    /// <summary>Prints a table without lines, so that it can be cut by columns too, or a sentence where there are no rows.</summary>
    public static void PrintTable(this IAnsiConsole console, string none, string[] heads, IEnumerable<string[]> rows)
    {
        var table = new Table().NoBorder();
        foreach (var head in heads)
            table.AddColumn(new TableColumn(new Text(head)).NoWrap());
        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Text(cell)));
        if (table.Rows.Count == 0)
            console.PrintLine(none);
        else
            console.Write(table);
    }

    /// <summary>Prints a sentence as it is, never broken, so that a command in it can be copied.</summary>
    public static void PrintLine(this IAnsiConsole console, string sentence) => console.Profile.Out.Writer.WriteLine(sentence);

    /// <summary>A time as people read it, UTC.</summary>
    public static string ForPeople(this DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
