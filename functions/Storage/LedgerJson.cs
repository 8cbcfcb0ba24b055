// A ledger as JSON.
using System.Text.Json;
using MailFunctions.Mail;

namespace MailFunctions.Storage;

internal sealed record LedgerJson(int V, string? Id, string? ReversePath, IReadOnlyList<LedgerDestinationJson>? Destinations)
{
    /// <summary>The version of ledgers that this program writes and understands.</summary>
    public const int CurrentVersion = 1;

    private const string HeldState = "held";
    private const string DueState = "due";

    /// <summary>The JSON as UTF-8.</summary>
    public static byte[] Write(Ledger ledger) => JsonSerializer.SerializeToUtf8Bytes(
        new LedgerJson(
            CurrentVersion, ledger.Id.Text, ledger.ReversePath?.ToString(),
            [.. ledger.Destinations.Select(destination => new LedgerDestinationJson(
                destination.Name, StateName(destination.State), [.. destination.Recipients.Select(to => to.ToString())]))]),
        StorageJson.Default.LedgerJson);

    /// <summary>Reads the JSON.</summary>
    /// <exception cref="JsonException">It is not JSON of a ledger.</exception>
    /// <exception cref="FormatException">A value in it is not one of ours.</exception>
    public static Ledger Read(ReadOnlySpan<byte> text)
    {
        var json = JsonSerializer.Deserialize(text, StorageJson.Default.LedgerJson);
        if (json?.Destinations is null || !SpoolId.TryParse(json.Id, out var id))
            throw new FormatException("no spool id or no destinations");
        return new Ledger(
            id, json.ReversePath is null ? null : EmailAddress.Parse(json.ReversePath),
            [.. json.Destinations.Select(destination => new LedgerDestination(
                destination.Name ?? throw new FormatException("a destination without name"), ReadState(destination.State),
                [.. (destination.Recipients ?? []).Select(to => EmailAddress.Parse(to))]))]);
    }

    private static string StateName(DestinationState state) => state switch
    {
        DestinationState.Held => HeldState,
        DestinationState.Due => DueState,
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    private static DestinationState ReadState(string? name) => name switch
    {
        HeldState => DestinationState.Held,
        DueState => DestinationState.Due,
        _ => throw new FormatException("a destination in an unknown state"),
    };
}

/// <summary>A destination as JSON.</summary>
internal sealed record LedgerDestinationJson(string? Name, string? State, IReadOnlyList<string>? Recipients);
