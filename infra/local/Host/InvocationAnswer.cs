// Judges what the worker answered to an invocation.
using System.Net.Http.Headers;
using System.Text.Json;

namespace MailFunctions.Local.Host;

/// <summary>What the host makes of an answer.</summary>
internal enum InvocationVerdict
{
    /// <summary>2xx with a JSON object.</summary>
    Success,

    /// <summary>Another status, a body that is no JSON object, or another media type.</summary>
    Failure,

    /// <summary>2xx without a body, or with <c>null</c>: the platform's host waits on until functionTimeout, for nothing.</summary>
    Hang,
}

/// <summary>An answer as judged: the verdict, why it failed, and the lines that the function wants logged.</summary>
internal sealed record InvocationAnswer(InvocationVerdict Verdict, string? Reason, IReadOnlyList<string> Logs)
{
    private static readonly InvocationAnswer Hung = new(InvocationVerdict.Hang, "an answer without body", []);

    /// <summary>Judges status, media type and body as the platform's host does.</summary>
    public static InvocationAnswer Judge(int status, MediaTypeHeaderValue? type, ReadOnlyMemory<byte> body)
    {
        if (status is < 200 or > 299)
            return Failed($"status {status}");
        if (body.IsEmpty)
            return Hung;
        if (type?.MediaType is not { } media
            || !(media.Equals("application/json", StringComparison.OrdinalIgnoreCase) || media.Equals("text/json", StringComparison.OrdinalIgnoreCase)))
            return Failed($"media type '{type?.MediaType ?? "none"}' is not application/json");
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Null => Hung,
                JsonValueKind.Object => new(InvocationVerdict.Success, null, LogsOf(document.RootElement)),
                _ => Failed("the body is no JSON object"),
            };
        }
        catch (JsonException)
        {
            return Failed("the body is malformed JSON");
        }
    }

    private static InvocationAnswer Failed(string reason) => new(InvocationVerdict.Failure, reason, []);

    private static List<string> LogsOf(JsonElement answer)
    {
        foreach (var property in answer.EnumerateObject())
        {
            if (property.Name.Equals("Logs", StringComparison.OrdinalIgnoreCase) && property.Value.ValueKind == JsonValueKind.Array)
                return [.. property.Value.EnumerateArray().Where(line => line.ValueKind == JsonValueKind.String).Select(line => line.GetString()!)];
        }
        return [];
    }
}
