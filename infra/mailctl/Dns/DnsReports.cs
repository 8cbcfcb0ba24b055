// What the dns verbs print.
using System.Text.Json;
using Spectre.Console;

namespace MailFunctions.Mailctl.Dns;

/// <summary>The records that a domain is to have: a zone file for a person.</summary>
internal sealed record DnsRecordsReport(string Domain, IReadOnlyList<DnsRecord> Records) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.DnsRecordsReport);

    public void Print(IAnsiConsole console)
    {
        string? what = null;
        foreach (var record in Records)
        {
            if (record.What != what)
                console.PrintLine($"; {record.What}");
            what = record.What;
            console.PrintLine(record.ToZoneLine());
        }
    }
}

/// <summary>What the world says.</summary>
/// <param name="Domain">Of which domain.</param>
/// <param name="Records">Record by record.</param>
internal sealed record DnsCheckReport(string Domain, IReadOnlyList<CheckedRecord> Records) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.DnsCheckReport);

    public void Print(IAnsiConsole console)
    {
        foreach (var record in Records)
            console.PrintLine($"{record.State,-8}{record.Type,-6}{record.Name}: {record.Found}");
    }
}

/// <summary>A record as the world has it.</summary>
/// <param name="State"><c>ok</c>, <c>warn</c>, <c>wrong</c>, <c>missing</c> or <c>unknown</c>.</param>
/// <param name="Type">Its type.</param>
/// <param name="Name">Its name.</param>
/// <param name="Found">What is there, and what to do.</param>
/// <param name="IsNeeded">Whether mail suffers where it is wrong.</param>
internal sealed record CheckedRecord(string State, string Type, string Name, string Found, bool IsNeeded)
{
    public const string Ok = "ok";
    public const string Warn = "warn";
    public const string Wrong = "wrong";
    public const string Missing = "missing";
    public const string Unknown = "unknown";

    /// <summary>Whether it stands in the way of mail.</summary>
    public bool IsTrouble => IsNeeded && (State is Wrong or Missing or Unknown);
}
