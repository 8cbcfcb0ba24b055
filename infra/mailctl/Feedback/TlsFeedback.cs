// A TLS report: how connections from another system to a domain's exchangers went.
using System.Globalization;
using System.Text.Json;

namespace MailFunctions.Mailctl.Feedback;

/// <summary>A report (RFC 8460 4.4).</summary>
/// <param name="Organization">Who reports.</param>
/// <param name="Id">Its id there.</param>
/// <param name="From">The begin of the time it is about.</param>
/// <param name="To">The end.</param>
/// <param name="Policies">What was seen, policy by policy.</param>
internal sealed record TlsFeedback(string Organization, string Id, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<TlsFeedbackPolicy> Policies)
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    /// <summary>Reads a report.</summary>
    /// <returns>Null if it is none.</returns>
    public static TlsFeedback? TryRead(byte[] document)
    {
        try
        {
            using var json = JsonDocument.Parse(document, Options);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Find(root, "date-range") is not { ValueKind: JsonValueKind.Object } range
                || Time(range, "start-datetime") is not { } from || Time(range, "end-datetime") is not { } to
                || Find(root, "policies") is not { ValueKind: JsonValueKind.Array } policies)
                return null;
            var read = policies.EnumerateArray().Where(policy => policy.ValueKind == JsonValueKind.Object).Select(TlsFeedbackPolicy.Read).ToList();
            return new TlsFeedback(Text(root, "organization-name") ?? "", Text(root, "report-id") ?? "", from, to, read);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A member, or null.</summary>
    internal static JsonElement? Find(JsonElement parent, string name) => parent.TryGetProperty(name, out var found) ? found : null;

    /// <summary>A text, or null.</summary>
    internal static string? Text(JsonElement parent, string name) =>
        Find(parent, name) is { ValueKind: JsonValueKind.String } found ? found.GetString() : null;

    /// <summary>A count; some write it as a text.</summary>
    internal static long Count(JsonElement parent, string name) => Find(parent, name) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var count) => count,
        { ValueKind: JsonValueKind.String } text when long.TryParse(text.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) => count,
        _ => 0,
    };

    private static DateTimeOffset? Time(JsonElement parent, string name) =>
        DateTimeOffset.TryParse(
            Text(parent, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
}

/// <summary>Connections under one policy.</summary>
/// <param name="Domain">Whose policy.</param>
/// <param name="Kind">sts, tlsa or no-policy-found.</param>
/// <param name="Successes">Sessions that went well.</param>
/// <param name="Failures">Sessions that did not.</param>
/// <param name="Details">Why not.</param>
internal sealed record TlsFeedbackPolicy(string Domain, string Kind, long Successes, long Failures, IReadOnlyList<TlsFeedbackDetail> Details)
{
    /// <summary>Reads one; what is not there is empty.</summary>
    public static TlsFeedbackPolicy Read(JsonElement json)
    {
        JsonElement? Part(string name) => TlsFeedback.Find(json, name) is { ValueKind: JsonValueKind.Object } found ? found : null;
        var (policy, summary) = (Part("policy"), Part("summary"));
        var details = TlsFeedback.Find(json, "failure-details") is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Where(detail => detail.ValueKind == JsonValueKind.Object).Select(TlsFeedbackDetail.Read).ToList()
            : [];
        return new TlsFeedbackPolicy(
            policy is { } named ? TlsFeedback.Text(named, "policy-domain") ?? "" : "", policy is { } typed ? TlsFeedback.Text(typed, "policy-type") ?? "" : "",
            summary is { } good ? TlsFeedback.Count(good, "total-successful-session-count") : 0,
            summary is { } bad ? TlsFeedback.Count(bad, "total-failure-session-count") : 0, details);
    }
}

/// <summary>Failures of one kind.</summary>
/// <param name="Kind">Its name, like certificate-expired (RFC 8460 4.3).</param>
/// <param name="Exchanger">The exchanger.</param>
/// <param name="Source">Who connected.</param>
/// <param name="Count">How many sessions.</param>
internal sealed record TlsFeedbackDetail(string Kind, string Exchanger, string Source, long Count)
{
    /// <summary>Reads one; what is not there is empty.</summary>
    public static TlsFeedbackDetail Read(JsonElement json) => new(
        TlsFeedback.Text(json, "result-type") ?? "", TlsFeedback.Text(json, "receiving-mx-hostname") ?? "", TlsFeedback.Text(json, "sending-mta-ip") ?? "",
        TlsFeedback.Count(json, "failed-session-count"));
}
