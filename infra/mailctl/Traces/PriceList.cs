// What requests to the storage service cost.
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using MailFunctions.Mail.Traces;

namespace MailFunctions.Mailctl.Traces;

/// <summary>Prices per 10,000 requests of a class.</summary>
internal sealed record PriceList(
    [property: JsonRequired] string Currency, [property: JsonRequired] decimal Per10000Writes, [property: JsonRequired] decimal Per10000Lists,
    [property: JsonRequired] decimal Per10000Reads, [property: JsonRequired] decimal Per10000Others, [property: JsonRequired] decimal Per10000Deletions,
    [property: JsonRequired] decimal Per10000QueueCalls, string? Note)
{
    private const string BuiltIn = "MailFunctions.Mailctl.Traces.prices.json";

    /// <summary>The prices that this program came with.</summary>
    public static PriceList Default()
    {
        using var stream = typeof(PriceList).Assembly.GetManifestResourceStream(BuiltIn)!;
        return JsonSerializer.Deserialize(stream, PriceJson.Default.PriceList)!;
    }

    /// <summary>Reads a file of prices.</summary>
    public static bool TryRead(string path, [NotNullWhen(true)] out PriceList? prices, out string fault)
    {
        prices = null;
        fault = "";
        try
        {
            using var stream = File.OpenRead(path);
            prices = JsonSerializer.Deserialize(stream, PriceJson.Default.PriceList);
            if (prices is null || prices.Currency is null)
                fault = $"'{path}' holds no prices.";
        }
        catch (JsonException error)
        {
            fault = $"'{path}' is no list of prices: {error.Message}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            fault = error.Message;
        }
        return fault.Length == 0;
    }

    /// <summary>What it cost.</summary>
    public decimal Of(StorageUse use) =>
        (use.Writes * Per10000Writes + use.Lists * Per10000Lists + use.Reads * Per10000Reads + use.Others * Per10000Others
            + use.Deletions * Per10000Deletions + use.QueueCalls * Per10000QueueCalls) / 10_000m;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PriceList))]
internal sealed partial class PriceJson : JsonSerializerContext;
