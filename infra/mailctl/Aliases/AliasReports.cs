// What the alias verbs print.
using System.Text.Json;
using MailFunctions.Mail;
using Spectre.Console;

namespace MailFunctions.Mailctl.Aliases;

/// <summary>An alias.</summary>
/// <param name="Name">Its address, or <c>@domain</c>.</param>
/// <param name="Targets">Where its mail goes.</param>
internal sealed record AliasView(string Name, IReadOnlyList<string> Targets)
{
    public static AliasView Of(Alias alias) => new(alias.Name.ToString(), [.. alias.Targets.Select(target => target.ToString())]);
}

/// <summary>All aliases.</summary>
internal sealed record AliasListReport(IReadOnlyList<AliasView> Aliases) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.AliasListReport);

    public void Print(IAnsiConsole console) => console.PrintTable(
        "There are no aliases.", ["ALIAS", "TARGETS"], Aliases.Select(alias => (string[])[alias.Name, string.Join(", ", alias.Targets)]));
}

/// <summary>An alias that was added or removed.</summary>
internal sealed record AliasReport(string Action, AliasView Alias) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.AliasReport);

    public void Print(IAnsiConsole console) => console.PrintLine($"{Alias.Name}: {Action} ({string.Join(", ", Alias.Targets)}).");
}
