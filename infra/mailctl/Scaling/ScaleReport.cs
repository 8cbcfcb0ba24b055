// What mailctl scale prints.
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace MailFunctions.Mailctl.Scaling;

/// <summary>A limit and what a workload takes of it.</summary>
/// <param name="Name">What is limited.</param>
/// <param name="Load">What is asked for.</param>
/// <param name="Most">What one deployment can give.</param>
internal sealed record ScaleLimit(string Name, double Load, double Most)
{
    /// <summary>The share that is taken; more than 1 is more than there is.</summary>
    public double Share => Load / Most;
}

/// <summary>What a workload comes to, per second.</summary>
/// <param name="Work">The workload.</param>
/// <param name="Calls">Calls to storage.</param>
/// <param name="Ingress">Octets into storage.</param>
/// <param name="Egress">Octets out of it.</param>
/// <param name="Limits">The limits and what is taken of them.</param>
/// <param name="GatewayCores">Cores that all gateways together are busy on.</param>
/// <param name="Gateways">Gateways of one core each, at most half busy, and never fewer than two.</param>
/// <param name="RouteInstances">Instances of the function RouteMessage.</param>
/// <param name="RelayInstances">Instances of the function RelayMessage.</param>
internal sealed record ScaleReport(
    Workload Work, CallRates Calls, double Ingress, double Egress, IReadOnlyList<ScaleLimit> Limits, double GatewayCores, int Gateways, int RouteInstances,
    int RelayInstances) : IReport
{
    /// <summary>The limit of which the largest share is taken: the first that is met when everything grows alike.</summary>
    public ScaleLimit First => Limits.MaxBy(limit => limit.Share)!;

    /// <summary>The messages a second at which it is met, when what waits grows with them; null without messages.</summary>
    public double? FirstAt => Work.MessagesPerSecond > 0 ? Work.MessagesPerSecond / First.Share : null;

    /// <summary>Into how many deployments, each with an account and queues of its own, this has to be split.</summary>
    public int Deployments => Math.Max(1, (int)Math.Ceiling(First.Share));

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.ScaleReport);

    public void Print(IAnsiConsole console)
    {
        console.PrintLine($"{Number(Work.MessagesPerSecond)} messages a second of {Number(Work.Kilobytes)} KB, {Number(Work.Relayed * 100)} % of them relayed, "
            + $"{Number(Work.Waiting)} waiting for sites that are down:");
        console.PrintTable("", ["REQUESTS", "PER SECOND"],
        [
            ["blob writes", Number(Calls.Writes)], ["blob lists", Number(Calls.Lists)], ["blob reads", Number(Calls.Reads)],
            ["other blob requests", Number(Calls.Others)], ["blob deletions", Number(Calls.Deletions)], ["queue requests", Number(Calls.QueueCalls)],
            ["all", Number(Calls.Total)], ["octets sent", Number(Ingress)], ["octets received", Number(Egress)],
        ]);
        console.PrintTable("", ["LIMIT", "TAKEN", "OF", "SHARE"], Limits.Select(limit => (string[])
            [limit.Name, Number(limit.Load), Number(limit.Most), $"{(limit.Share * 100).ToString("N1", CultureInfo.InvariantCulture)} %"]));
        console.PrintLine($"First limit: {First.Name}" + (FirstAt is { } at ? $", at {Number(at)} messages a second." : "."));
        console.PrintLine($"Needed: {Gateways} gateways of one core, {RouteInstances} instances of RouteMessage, {RelayInstances} of RelayMessage, "
            + $"{Deployments} deployment{(Deployments == 1 ? "" : "s")} with an account and queues of its own.");
    }

    // Whole from ten on, since nobody plans by more.
    private static string Number(double number) => number.ToString(number is 0 or >= 10 ? "N0" : "0.##", CultureInfo.InvariantCulture);
}
