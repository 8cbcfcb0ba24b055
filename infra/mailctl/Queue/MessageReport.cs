// What queue show prints.
using System.Globalization;
using System.Text.Json;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using Spectre.Console;

namespace MailFunctions.Mailctl.Queue;

/// <summary>What went wrong.</summary>
internal sealed record TroubleView(string Status, int? ReplyCode, string Text, string? RemoteHost, DateTimeOffset At)
{
    public static TroubleView? Of(DeliveryTrouble? trouble) => trouble is null
        ? null
        : new TroubleView(
            trouble.Status.ToString(), trouble.ReplyCode,
            HeaderExcerpt.Printable(trouble.Text.Replace(DeliveryTrouble.LineBreak, " ", StringComparison.Ordinal)),
            trouble.RemoteHost is null ? null : HeaderExcerpt.Printable(trouble.RemoteHost), trouble.At);

    public string ForPeople() =>
        $"{At.ForPeople()}{(RemoteHost is null ? "" : $" {RemoteHost}")}: {ReplyCode?.ToString(CultureInfo.InvariantCulture) ?? "(ours)"} {Status} {Text}";
}

/// <summary>A recipient who is not finished.</summary>
internal sealed record RecipientView(string Address, string Original, TroubleView? LastTrouble);

/// <summary>What remains for one destination.</summary>
internal sealed record DestinationView(
    string Destination, string State, int Attempts, DateTimeOffset? NextAttempt, DateTimeOffset? ClaimedUntil, bool WarnedOfDelay, TroubleView? LastTrouble,
    IReadOnlyList<RecipientView> Recipients)
{
    public static DestinationView Of(LedgerDestination row) => new(
        row.Name, WaitingView.StateOf(row), row.Attempts, row.State == DestinationState.Due ? row.NextAttempt : null, row.Claim?.ExpiresAt, row.WarnedOfDelay,
        TroubleView.Of(row.LastTrouble),
        [.. row.Recipients.Select(to => new RecipientView(to.Address.ToString(), to.Original.ToString(), TroubleView.Of(to.LastTrouble)))]);
}

/// <summary>A report that is still to be made.</summary>
internal sealed record OwedView(int Number, string Kind, DateTimeOffset RecordedAt, IReadOnlyList<RecipientView> Recipients)
{
    public static OwedView Of(OwedReport report) => new(
        report.Number, JsonNamingPolicy.CamelCase.ConvertName(report.Kind.ToString()), report.RecordedAt,
        [.. report.Recipients.Select(to => new RecipientView(to.Address.ToString(), to.Original.ToString(), TroubleView.Of(to.Trouble)))]);
}

/// <summary>Someone the message is for, as the envelope has it.</summary>
internal sealed record TargetView(string Address, string Original, bool IsLocal);

/// <summary>The message in the spool: its envelope and a few header fields, never its text.</summary>
internal sealed record SpooledView(
    string Sender, string Origin, DateTimeOffset StoredAt, long Octets, string? Login, string? ClientAddress, string Helo, DateTimeOffset ReceivedAt,
    IReadOnlyList<TargetView> Recipients, HeaderExcerpt Header)
{
    public static SpooledView Of(ISpoolReader message, HeaderExcerpt header)
    {
        var envelope = message.Envelope;
        return new SpooledView(
            envelope.ReversePath?.ToString() ?? "", JsonNamingPolicy.CamelCase.ConvertName(envelope.Origin.ToString()), message.StoredAt, message.Length,
            envelope.Login?.ToString(), envelope.ClientAddress, HeaderExcerpt.Printable(envelope.Helo), envelope.ReceivedAt,
            [.. envelope.Recipients.Select(to => new TargetView(to.Target.ToString(), to.Original.ToString(), to.IsLocal))], header);
    }
}

/// <summary>One message.</summary>
/// <param name="Id">Its spool id.</param>
/// <param name="Since">When it was begun, by the gateway's clock.</param>
/// <param name="SpoolState"><c>present</c>, <c>missing</c>, or what is wrong with it.</param>
/// <param name="LedgerState">The same of its ledger; a message that is not routed yet has none.</param>
/// <param name="Parked">Why it is parked; null if it is not.</param>
/// <param name="Message">The message; null if it cannot be read.</param>
/// <param name="Destinations">What remains.</param>
/// <param name="Owed">The reports that are still to be made.</param>
internal sealed record MessageReport(
    string Id, DateTimeOffset Since, string SpoolState, string LedgerState, string? Parked, SpooledView? Message, IReadOnlyList<DestinationView> Destinations,
    IReadOnlyList<OwedView> Owed) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.MessageReport);

    public void Print(IAnsiConsole console)
    {
        console.PrintLine($"{Id}, since {Since.ForPeople()}; spool: {SpoolState}; ledger: {LedgerState}");
        if (Parked is not null)
            console.PrintLine($"Parked: {Parked}");
        if (Message is { } message)
            Print(console, message);
        foreach (var row in Destinations)
            Print(console, row);
        foreach (var report in Owed)
        {
            console.PrintLine($"Report {report.Number} ({report.Kind}), recorded at {report.RecordedAt.ForPeople()}, is to be made:");
            Print(console, report.Recipients);
        }
    }

    private static void Print(IAnsiConsole console, SpooledView message)
    {
        console.PrintLine($"Envelope: <{message.Sender}>, {message.Octets} octets, made by a {message.Origin}, stored at {message.StoredAt.ForPeople()}");
        console.PrintLine($"  from {message.ClientAddress ?? "an unknown address"} (EHLO {message.Helo}){(message.Login is null ? "" : $", logged in as {message.Login}")}");
        foreach (var to in message.Recipients)
            console.PrintLine($"  to {to.Address}{(to.Original == to.Address ? "" : $" for {to.Original}")}{(to.IsLocal ? " (local)" : "")}");
        (string Name, string? Value)[] fields =
        [
            ("From", message.Header.From), ("To", message.Header.To), ("Subject", message.Header.Subject), ("Date", message.Header.Date),
            ("Message-ID", message.Header.MessageId),
        ];
        foreach (var (name, value) in fields)
            console.PrintLine($"{name}: {value ?? "(none)"}");
    }

    private static void Print(IAnsiConsole console, DestinationView row)
    {
        var next = row.ClaimedUntil is { } until ? $"claimed until {until.ForPeople()}" : row.NextAttempt is { } at ? $"next attempt {at.ForPeople()}" : "no attempt";
        console.PrintLine($"Destination {row.Destination}: {row.State}, {row.Attempts} attempts, {next}");
        if (row.LastTrouble is { } trouble)
            console.PrintLine($"  last: {trouble.ForPeople()}");
        Print(console, row.Recipients);
    }

    private static void Print(IAnsiConsole console, IReadOnlyList<RecipientView> recipients)
    {
        foreach (var to in recipients)
            console.PrintLine($"  {to.Address}{(to.LastTrouble is { } trouble ? $", {trouble.ForPeople()}" : "")}");
    }
}
