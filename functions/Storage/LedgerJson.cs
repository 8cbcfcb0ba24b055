// A ledger as JSON.
using System.Text.Json;
using MailFunctions.Mail;

namespace MailFunctions.Storage;

internal sealed record LedgerJson(
    int V, string? Id, string? ReversePath, DateTimeOffset? StoredAt, IReadOnlyList<LedgerDestinationJson>? Destinations,
    IReadOnlyList<OwedReportJson>? Owed, int? LastReport, string? Origin, string? Ret = null, string? EnvId = null, string? Traceparent = null,
    bool? MayComeAgain = null)
{
    /// <summary>The version of ledgers that this program writes and understands.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The JSON as UTF-8.</summary>
    public static byte[] Write(Ledger ledger) => JsonSerializer.SerializeToUtf8Bytes(
        new LedgerJson(
            CurrentVersion, ledger.Id.Text, ledger.ReversePath?.ToString(), ledger.StoredAt, [.. ledger.Destinations.Select(LedgerDestinationJson.Of)],
            ledger.Owed.Count == 0 ? null : [.. ledger.Owed.Select(OwedReportJson.Of)], ledger.LastReport == 0 ? null : ledger.LastReport,
            OriginJson.Name(ledger.Origin), ReturnJson.Name(ledger.Return), ledger.EnvelopeId, ledger.Traceparent,
            ledger.MayComeAgain ? true : null),
        StorageJson.Default.LedgerJson);

    /// <summary>Reads the JSON.</summary>
    /// <exception cref="JsonException">It is not JSON of a ledger.</exception>
    /// <exception cref="FormatException">A value in it is not one of ours.</exception>
    public static Ledger Read(ReadOnlySpan<byte> text)
    {
        var json = JsonSerializer.Deserialize(text, StorageJson.Default.LedgerJson);
        if (json?.Destinations is null || !SpoolId.TryParse(json.Id, out var id))
            throw new FormatException("no spool id or no destinations");
        var ledger = new Ledger(
            id, json.ReversePath is null ? null : EmailAddress.Parse(json.ReversePath), json.StoredAt ?? id.Time,
            [.. json.Destinations.Select(destination => RecordEntry.Present(destination).Read())])
        {
            Origin = OriginJson.Read(json.Origin),
            Owed = [.. (json.Owed ?? []).Select(report => RecordEntry.Present(report).Read())],
            LastReport = json.LastReport ?? 0,
            Return = ReturnJson.Read(json.Ret),
            EnvelopeId = json.EnvId,
            Traceparent = json.Traceparent,
            MayComeAgain = json.MayComeAgain ?? false,
        };
        // A number given twice would be one report instead of two.
        return ledger.Owed.All(report => report.Number >= 1 && report.Number <= ledger.LastReport)
            ? ledger
            : throw new FormatException("a report of a number that was never given");
    }
}

/// <summary>A destination as JSON.</summary>
internal sealed record LedgerDestinationJson(
    string? Name, string? State, IReadOnlyList<LedgerRecipientJson>? Recipients, int? Attempts, DateTimeOffset? NextAttempt, DeliveryTroubleJson? LastTrouble,
    string? Claim, DateTimeOffset? ClaimExpires, bool? Warned)
{
    private const string HeldState = "held";
    private const string DueState = "due";

    public static LedgerDestinationJson Of(LedgerDestination destination) => new(
        destination.Name,
        destination.State switch
        {
            DestinationState.Held => HeldState,
            DestinationState.Due => DueState,
            _ => throw new ArgumentOutOfRangeException(nameof(destination)),
        },
        [.. destination.Recipients.Select(to => new LedgerRecipientJson(
            to.Address.ToString(), to.Original == to.Address ? null : to.Original.ToString(), DeliveryTroubleJson.Of(to.LastTrouble),
            NotifyJson.Name(to.Notify), to.Named?.ToString()))],
        destination.Attempts == 0 ? null : destination.Attempts, destination.NextAttempt, DeliveryTroubleJson.Of(destination.LastTrouble),
        destination.Claim?.Holder, destination.Claim?.ExpiresAt, destination.WarnedOfDelay ? true : null);

    public LedgerDestination Read() => new(
        Name is { Length: > 0 } ? Name : throw new FormatException("a destination without name"),
        State switch
        {
            HeldState => DestinationState.Held,
            DueState => DestinationState.Due,
            _ => throw new FormatException("a destination in an unknown state"),
        },
        [.. (Recipients ?? []).Select(to => RecordEntry.Present(to).Read())])
    {
        Attempts = Attempts ?? 0,
        NextAttempt = NextAttempt ?? default,
        LastTrouble = LastTrouble?.Read(),
        Claim = Claim is null ? null : new DestinationClaim(Claim, ClaimExpires ?? throw new FormatException("a claim without end")),
        WarnedOfDelay = Warned ?? false,
    };
}

/// <summary>A recipient as JSON; without an original address it is the same.</summary>
internal sealed record LedgerRecipientJson(string? Address, string? Original, DeliveryTroubleJson? LastTrouble, string? Notify, string? Orcpt = null)
{
    public LedgerRecipient Read() =>
        new(EmailAddress.Parse(Address ?? ""), EmailAddress.Parse(Original ?? Address ?? ""), LastTrouble?.Read())
        {
            Notify = NotifyJson.Read(Notify),
            Named = Orcpt is null ? null : OriginalRecipient.Parse(Orcpt),
        };
}

/// <summary>A trouble as JSON.</summary>
internal sealed record DeliveryTroubleJson(string? Status, int? Code, string? Text, string? Host, DateTimeOffset At)
{
    public static DeliveryTroubleJson? Of(DeliveryTrouble? trouble) =>
        trouble is null ? null : new DeliveryTroubleJson(trouble.Status.ToString(), trouble.ReplyCode, trouble.Text, trouble.RemoteHost, trouble.At);

    public DeliveryTrouble Read() => DeliveryStatus.TryParse(Status, out var status)
        ? new DeliveryTrouble(status, Code, Text ?? "", Host, At)
        : throw new FormatException("a trouble without status");
}

/// <summary>An owed report as JSON.</summary>
internal sealed record OwedReportJson(int Number, string? Kind, DateTimeOffset? RecordedAt, IReadOnlyList<ReportedRecipientJson>? Recipients)
{
    public static OwedReportJson Of(OwedReport report) => new(
        report.Number, JsonNamingPolicy.CamelCase.ConvertName(report.Kind.ToString()), report.RecordedAt,
        [.. report.Recipients.Select(to => ReportedRecipientJson.Of(to, report.Kind))]);

    public OwedReport Read() => new(
        Number,
        Kind switch
        {
            "failed" => ReportKind.Failed,
            "delayed" => ReportKind.Delayed,
            "delivered" => ReportKind.Delivered,
            _ => throw new FormatException("a report of an unknown kind"),
        },
        RecordedAt ?? throw new FormatException("a report without time"), [.. (Recipients ?? []).Select(to => RecordEntry.Present(to).Read())]);
}

/// <summary>A reported recipient as JSON.</summary>
internal sealed record ReportedRecipientJson(
    string? Address, string? Original, DeliveryTroubleJson? Trouble, string? Orcpt = null, string? Success = null)
{
    public static ReportedRecipientJson Of(ReportedRecipient to, ReportKind kind) => new(
        to.Address.ToString(), to.Original.ToString(), DeliveryTroubleJson.Of(to.Trouble), to.Named?.ToString(),
        kind == ReportKind.Delivered ? JsonNamingPolicy.CamelCase.ConvertName(to.Success.ToString()) : null);

    public ReportedRecipient Read() => new(
        EmailAddress.Parse(Address ?? ""), EmailAddress.Parse(Original ?? ""), Trouble?.Read() ?? throw new FormatException("a report without trouble"))
    {
        Named = Orcpt is null ? null : OriginalRecipient.Parse(Orcpt),
        Success = Success switch
        {
            null or "relayed" => SuccessAction.Relayed,
            "delivered" => SuccessAction.Delivered,
            "expanded" => SuccessAction.Expanded,
            _ => throw new FormatException("an unknown success"),
        },
    };
}
