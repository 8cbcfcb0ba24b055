// What the domain verbs print.
using System.Text.Json;
using MailFunctions.Mail;
using Spectre.Console;

namespace MailFunctions.Mailctl.Domains;

/// <summary>A domain.</summary>
/// <param name="Name">The domain.</param>
/// <param name="Kind"><c>local</c> or <c>relayFor</c>.</param>
/// <param name="Postmaster">Its postmaster.</param>
/// <param name="MtaSts">The mode of its MTA-STS policy.</param>
internal sealed record DomainView(string Name, string Kind, string Postmaster, string MtaSts)
{
    public static DomainView Of(LocalDomain domain) =>
        new(domain.Name.Text, JsonNamingPolicy.CamelCase.ConvertName(domain.Kind.ToString()), domain.Postmaster.ToString(), StsModes.NameOf(domain.MtaSts));
}

/// <summary>All domains.</summary>
internal sealed record DomainListReport(IReadOnlyList<DomainView> Domains) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.DomainListReport);

    public void Print(IAnsiConsole console) => console.PrintTable(
        "There are no domains.", ["DOMAIN", "KIND", "POSTMASTER", "MTA-STS"],
        Domains.Select(domain => (string[])[domain.Name, domain.Kind, domain.Postmaster, domain.MtaSts]));
}

/// <summary>A domain that was added, changed or removed.</summary>
internal sealed record DomainReport(string Action, DomainView Domain) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.DomainReport);

    public void Print(IAnsiConsole console) => console.PrintLine(
        $"{Domain.Name}: {Action}; its postmaster is {Domain.Postmaster}, its MTA-STS policy's mode {Domain.MtaSts}.");
}
