// The request body by which the Functions host tells a custom handler what happened.
using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Azure.Storage.Queues.Models;

namespace MailFunctions.Local.Host;

/// <summary>What every invocation's metadata carries under <c>sys</c>.</summary>
internal readonly record struct SystemMetadata(string MethodName, DateTimeOffset UtcNow, Guid RandGuid);

/// <summary>
/// Writes <c>{"Data":{...},"Metadata":{...}}</c>. The host serialises with Newtonsoft: bytes become a base64 string, times an ISO string, objects an
/// object, and anything else its JSON as a string, so that text arrives encoded twice.
/// </summary>
internal static class InvocationBody
{
    // Newtonsoft escapes neither beyond ASCII nor for HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body for a queue message.</summary>
    /// <param name="name">The trigger's name in function.json.</param>
    /// <param name="message">The message as received.</param>
    /// <param name="content">Its decoded content.</param>
    /// <param name="isBinary">Whether the function asked for bytes; otherwise text is told, and what it holds as JSON leaks into the metadata.</param>
    /// <param name="system">The system's metadata.</param>
    public static ReadOnlyMemory<byte> ForQueue(string name, QueueMessage message, ReadOnlyMemory<byte> content, bool isBinary, SystemMetadata system)
    {
        var buffer = new ArrayBufferWriter<byte>(content.Length * 2 + 1024);
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartObject();
        writer.WriteStartObject("Data");
        if (isBinary)
            writer.WriteBase64String(name, content.Span);
        else
            writer.WriteString(name, Quote(Encoding.UTF8.GetString(content.Span)));
        writer.WriteEndObject();
        WriteQueueMetadata(writer, message, system, isBinary ? [] : PropertiesOf(content));
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>The body for a timer.</summary>
    /// <param name="name">The trigger's name in function.json.</param>
    /// <param name="status">When it last ran and will next; null where the host keeps no record of it.</param>
    /// <param name="isPastDue">Whether it ought to have run before.</param>
    /// <param name="system">The system's metadata.</param>
    public static ReadOnlyMemory<byte> ForTimer(string name, ScheduleStatus? status, bool isPastDue, SystemMetadata system)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartObject();
        writer.WriteStartObject("Data");
        writer.WriteStartObject(name);
        writer.WriteStartObject("Schedule");
        writer.WriteBoolean("AdjustForDST", true);
        writer.WriteEndObject();
        if (status is null)
        {
            writer.WriteNull("ScheduleStatus");
        }
        else
        {
            writer.WriteStartObject("ScheduleStatus");
            writer.WriteString("Last", Iso(status.Last));
            writer.WriteString("Next", Iso(status.Next));
            writer.WriteString("LastUpdated", Iso(status.LastUpdated));
            writer.WriteEndObject();
        }
        writer.WriteBoolean("IsPastDue", isPastDue);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartObject("Metadata");
        WriteSystem(writer, system);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteQueueMetadata(Utf8JsonWriter writer, QueueMessage message, SystemMetadata system, Dictionary<string, JsonElement> leaked)
    {
        // Utility.ApplyBindingData: properties of the message override the host's own of the same name, but keep the place of those.
        var own = new (string Name, string? Value)[]
        {
            ("DequeueCount", message.DequeueCount.ToString(CultureInfo.InvariantCulture)),
            ("ExpirationTime", message.ExpiresOn is { } expires ? Iso(expires) : null),
            ("Id", Quote(message.MessageId)),
            ("InsertionTime", message.InsertedOn is { } inserted ? Iso(inserted) : null),
            ("NextVisibleTime", message.NextVisibleOn is { } visible ? Iso(visible) : null),
            ("PopReceipt", Quote(message.PopReceipt)),
        };
        writer.WriteStartObject("Metadata");
        foreach (var (name, value) in own)
        {
            if (leaked.Remove(name, out var instead))
                WriteLeaked(writer, name, instead);
            else
                writer.WriteString(name, value);
        }
        if (leaked.Remove("sys", out var foreign))
            WriteLeaked(writer, "sys", foreign);
        else
            WriteSystem(writer, system);
        foreach (var (name, value) in leaked)
            WriteLeaked(writer, name, value);
        writer.WriteEndObject();
    }

    private static void WriteLeaked(Utf8JsonWriter writer, string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
            return;
        }
        // JToken.ToString, as Newtonsoft spells it.
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.True => "True",
            JsonValueKind.False => "False",
            _ => value.GetRawText(),
        };
        writer.WriteString(name, Quote(text));
    }

    private static void WriteSystem(Utf8JsonWriter writer, SystemMetadata system)
    {
        writer.WriteStartObject("sys");
        writer.WriteString("MethodName", system.MethodName);
        writer.WriteString("UtcNow", system.UtcNow.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture));
        writer.WriteString("RandGuid", system.RandGuid.ToString());
        writer.WriteEndObject();
    }

    private static string Iso(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);

    private static string Quote(string text)
    {
        var buffer = new ArrayBufferWriter<byte>(text.Length + 16);
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStringValue(text);
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static Dictionary<string, JsonElement> PropertiesOf(ReadOnlyMemory<byte> content)
    {
        var properties = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(content);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in document.RootElement.EnumerateObject())
                {
                    if (property.Value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null))
                        properties[property.Name] = property.Value.Clone();
                }
            }
        }
        catch (JsonException)
        {
            // most messages are no JSON, and need not be
        }
        return properties;
    }
}
