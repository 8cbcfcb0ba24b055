// What the route verbs print.
using System.Text.Json;
using MailFunctions.Mail;
using Spectre.Console;

namespace MailFunctions.Mailctl.Routes;

/// <summary>A route.</summary>
/// <param name="Domain">Whose mail.</param>
/// <param name="Via">A smarthost's name, or <c>mx</c>.</param>
internal sealed record RouteView(string Domain, string Via)
{
    public static RouteView Of(DomainRoute route) => new(route.Name.Text, route.Via);
}

/// <summary>All routes.</summary>
internal sealed record RouteListReport(IReadOnlyList<RouteView> Routes) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.RouteListReport);

    public void Print(IAnsiConsole console) => console.PrintTable(
        "There are no routes.", ["DOMAIN", "VIA"], Routes.Select(route => (string[])[route.Domain, route.Via]));
}

/// <summary>A route that was set or removed.</summary>
internal sealed record RouteReport(string Action, RouteView Route) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.RouteReport);

    public void Print(IAnsiConsole console) => console.PrintLine($"{Route.Domain}: route {Action} (via {Route.Via}).");
}
