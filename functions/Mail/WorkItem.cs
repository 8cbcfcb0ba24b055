// The text of a queue message: it names mail and never is mail.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailFunctions.Mail;

/// <summary>What a queue message asks for. It is a hint: the spool blob and the ledger alone decide whether there is anything to do.</summary>
public sealed record WorkItem
{
    /// <summary>The version that this program writes and understands.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The message to work on.</summary>
    public required SpoolId Id { get; init; }

    /// <summary>The ledger's destination to relay to; null in the queue <c>accepted</c>.</summary>
    public string? Destination { get; init; }

    /// <summary>The W3C trace context of whoever enqueued it, if any.</summary>
    public string? Traceparent { get; init; }

    /// <summary>How often this work already ended in a poison queue.</summary>
    public int Poisoned { get; init; }

    /// <summary>The JSON text as UTF-8, before the base64 that the queue's transport adds.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(
        new WorkItemJson(CurrentVersion, Id.Text, Destination, Traceparent, Poisoned == 0 ? null : Poisoned), WorkItemJsonContext.Default.WorkItemJson);

    /// <summary>Reads a queue message.</summary>
    public static WorkItemReading Read(ReadOnlySpan<byte> text)
    {
        WorkItemJson? json;
        try
        {
            json = JsonSerializer.Deserialize(text, WorkItemJsonContext.Default.WorkItemJson);
        }
        catch (JsonException error)
        {
            return new WorkItemReading.Unreadable($"not JSON of a work item: {error.Message}");
        }
        if (json is null)
            return new WorkItemReading.Unreadable("the JSON is null");
        if (json.V != CurrentVersion)
            return json.V is null ? new WorkItemReading.Unreadable("no version") : new WorkItemReading.UnknownVersion(json.V.Value);
        return SpoolId.TryParse(json.Id, out var id)
            ? new WorkItemReading.Item(new WorkItem { Id = id, Destination = json.Destination, Traceparent = json.Traceparent, Poisoned = json.Poisoned ?? 0 })
            : new WorkItemReading.Unreadable("no spool id");
    }
}

/// <summary>What came of reading a queue message.</summary>
public abstract record WorkItemReading
{
    private WorkItemReading()
    {
    }

    /// <summary>It is ours and understood.</summary>
    public sealed record Item(WorkItem Work) : WorkItemReading;

    /// <summary>Another version of this program wrote it. It may be dropped: the sweep enqueues its message anew in our own version.</summary>
    public sealed record UnknownVersion(int Version) : WorkItemReading;

    /// <summary>It is not one of ours, or damaged. To be parked, with the reason.</summary>
    public sealed record Unreadable(string Reason) : WorkItemReading;
}

internal sealed record WorkItemJson(int? V, string? Id, string? Destination, string? Traceparent, int? Poisoned);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WorkItemJson))]
internal sealed partial class WorkItemJsonContext : JsonSerializerContext;
