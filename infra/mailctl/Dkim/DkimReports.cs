// What the dkim verbs print: never a private key.
using System.Text.Json;
using Spectre.Console;

namespace MailFunctions.Mailctl.Dkim;

/// <summary>A key.</summary>
/// <param name="Domain">Whose.</param>
/// <param name="Selector">Its selector.</param>
/// <param name="Algorithm"><c>rsa</c> or <c>ed25519</c>.</param>
/// <param name="State"><c>waiting</c>, <c>signing</c> or <c>retired</c>.</param>
/// <param name="Since">Since when.</param>
/// <param name="Name">The name of its TXT record.</param>
/// <param name="Text">The text of the record.</param>
/// <param name="Record">The record as a line of a zone file.</param>
internal sealed record DkimKeyView(string Domain, string Selector, string Algorithm, string State, DateTimeOffset Since, string Name, string? Text, string? Record);

/// <summary>Keys in a table.</summary>
internal sealed record DkimListReport(IReadOnlyList<DkimKeyView> Keys) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.DkimListReport);

    public void Print(IAnsiConsole console) => console.PrintTable(
        "There are no keys: 'mailctl dkim create DOMAIN' makes some.", ["DOMAIN", "SELECTOR", "ALGORITHM", "STATE", "SINCE"],
        Keys.Select(key => (string[])[key.Domain, key.Selector, key.Algorithm, key.State, key.Since.ForPeople()]));
}

/// <summary>Records to publish, and what to do then.</summary>
/// <param name="Keys">The keys whose records are to stand in DNS.</param>
/// <param name="Next">What to do next; null for nothing.</param>
internal sealed record DkimDnsReport(IReadOnlyList<DkimKeyView> Keys, string? Next) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.DkimDnsReport);

    public void Print(IAnsiConsole console)
    {
        foreach (var key in Keys)
            console.PrintLine(key.Record ?? $"; {key.Name}: {key.Algorithm}");
        if (Next is not null)
            console.PrintLine($"; {Next}");
    }
}
