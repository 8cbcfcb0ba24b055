// What the doctor finds.
using System.Text.Json;
using Spectre.Console;

namespace MailFunctions.Mailctl.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="State"><c>ok</c>, <c>warn</c> or <c>fail</c>.</param>
/// <param name="Subject">What was looked at.</param>
/// <param name="Text">What was found.</param>
/// <param name="Remedy">What to do; null where nothing is to be done.</param>
internal sealed record Finding(string State, string Subject, string Text, string? Remedy)
{
    /// <summary>All is well.</summary>
    public static Finding Ok(string subject, string text) => new("ok", subject, text, null);

    /// <summary>Mail is not in danger yet.</summary>
    public static Finding Warn(string subject, string text, string remedy) => new("warn", subject, text, remedy);

    /// <summary>Mail suffers.</summary>
    public static Finding Fail(string subject, string text, string remedy) => new("fail", subject, text, remedy);
}

/// <summary>All findings.</summary>
internal sealed record DoctorReport(IReadOnlyList<Finding> Findings) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.DoctorReport);

    public void Print(IAnsiConsole console)
    {
        foreach (var finding in Findings)
            console.PrintLine($"{finding.State,-5}{finding.Subject}: {finding.Text}{(finding.Remedy is null ? "" : $" -> {finding.Remedy}")}");
    }
}
