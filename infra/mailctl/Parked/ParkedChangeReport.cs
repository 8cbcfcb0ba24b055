// What the verbs that change what is parked print.
using System.Text.Json;
using Spectre.Console;

namespace MailFunctions.Mailctl.Parked;

/// <summary>Things that are not parked any more.</summary>
/// <param name="Action"><c>retried</c> or <c>dropped</c>.</param>
/// <param name="Names">Their names.</param>
internal sealed record ParkedChangeReport(string Action, IReadOnlyList<string> Names) : IReport
{
    /// <summary>The answer of a verb that did this and refused that.</summary>
    public static Answer ToAnswer(string action, IReadOnlyList<string> names, IReadOnlyList<string> refusals)
    {
        var report = new ParkedChangeReport(action, names);
        return refusals.Count == 0 ? new Answer.Done(report) : new Answer.Partly(report, refusals);
    }

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.ParkedChangeReport);

    public void Print(IAnsiConsole console)
    {
        if (Names.Count == 0)
            console.PrintLine("Nothing was changed.");
        foreach (var name in Names)
            console.PrintLine($"{name}: {Action}.");
    }
}
