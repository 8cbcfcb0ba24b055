// What the Functions host sends to a trigger: {"Data":{...},"Metadata":{...}}.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MailFunctions.App.Triggers.CustomHandler;

/// <summary>
/// An invocation. Hosts differ in how they put a queue text into JSON: as base64 (dataType binary), as an object, as a string, or as a string that
/// holds the JSON of a string. All are understood. The metadata is not read: a queue text can forge it.
/// </summary>
internal sealed class InvocationRequest
{
    /// <summary>The most octets of an invocation: well above what the largest queue message (64 KiB) becomes when it is escaped twice.</summary>
    public const int MaxLength = 1 << 20;

    // Before this year no timer of ours has run: the host's way to say never is year 1.
    private const int FirstYear = 2000;

    private readonly JsonElement _data;

    private InvocationRequest(JsonElement data) => _data = data;

    /// <summary>Reads an invocation.</summary>
    /// <returns>False if it is not JSON of an invocation.</returns>
    public static bool TryParse(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out InvocationRequest? invocation)
    {
        invocation = null;
        if (!TryParseJson(body, out var root) || root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("Data", out var data) || data.ValueKind != JsonValueKind.Object)
            return false;
        invocation = new InvocationRequest(data);
        return true;
    }

    /// <summary>The octets of the queue text under the name of its binding; none if there is no such binding.</summary>
    public ReadOnlyMemory<byte> Text(string binding)
    {
        if (!_data.TryGetProperty(binding, out var value))
            return default;
        if (value.ValueKind != JsonValueKind.String)
            return Encoding.UTF8.GetBytes(value.GetRawText());
        // No work item, and no JSON of a string, is base64: they begin with { and ".
        if (value.TryGetBytesFromBase64(out var octets))
            return octets;
        return Encoding.UTF8.GetBytes(Unquoted(value.GetString() ?? ""));
    }

    /// <summary>When the timer under this binding last ticked before now, if the host knows.</summary>
    public DateTimeOffset? LastTick(string binding)
    {
        if (!_data.TryGetProperty(binding, out var timer))
            return null;
        if (timer.ValueKind == JsonValueKind.String && !TryParseJson(Encoding.UTF8.GetBytes(timer.GetString() ?? ""), out timer))
            return null;
        return timer.ValueKind == JsonValueKind.Object
            && timer.TryGetProperty("ScheduleStatus", out var status) && status.ValueKind == JsonValueKind.Object
            && status.TryGetProperty("Last", out var last) && last.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(last.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && time.Year >= FirstYear
            ? time : null;
    }

    private static string Unquoted(string text) =>
        text.StartsWith('"') && TryParseJson(Encoding.UTF8.GetBytes(text), out var inner) && inner.ValueKind == JsonValueKind.String
            ? inner.GetString() ?? "" : text;

    private static bool TryParseJson(ReadOnlyMemory<byte> text, out JsonElement element)
    {
        element = default;
        try
        {
            using var document = JsonDocument.Parse(text);
            element = document.RootElement.Clone();
            return true;
        }
        catch (JsonException)
        {
            return false; // expected of a text that somebody else put into the queue
        }
    }
}
