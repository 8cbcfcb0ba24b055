// The source-generated JSON of everything that is stored.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailFunctions.Storage;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RecordVersion))]
[JsonSerializable(typeof(SpoolHeaderJson))]
[JsonSerializable(typeof(LedgerJson))]
[JsonSerializable(typeof(ParkedJson))]
[JsonSerializable(typeof(BreakerJson))]
[JsonSerializable(typeof(StsPolicyJson))]
[JsonSerializable(typeof(DomainJson))]
[JsonSerializable(typeof(AccountJson))]
[JsonSerializable(typeof(AliasJson))]
[JsonSerializable(typeof(RouteJson))]
[JsonSerializable(typeof(DkimKeySetJson))]
[JsonSerializable(typeof(TraceJson))]
internal sealed partial class StorageJson : JsonSerializerContext;

/// <summary>What every record of ours begins with, whichever version of this program wrote it.</summary>
internal sealed record RecordVersion(int? V)
{
    /// <summary>Reads the version alone, since nothing else in a record of another version can be relied on.</summary>
    /// <exception cref="JsonException">It is no record of ours.</exception>
    public static int Read(ReadOnlySpan<byte> record) =>
        JsonSerializer.Deserialize(record, StorageJson.Default.RecordVersion)?.V ?? throw new JsonException("no version");
}

/// <summary>The entries of lists in records.</summary>
internal static class RecordEntry
{
    /// <summary>An entry, which JSON allows to be null whatever its type says.</summary>
    /// <exception cref="FormatException">It is null.</exception>
    public static T Present<T>(T? entry)
        where T : class =>
        entry ?? throw new FormatException("a list with an empty entry");
}
