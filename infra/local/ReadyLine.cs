// The line that tells a program where everything listens.
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailFunctions.Local;

/// <summary>What <c>ready {json}</c> tells: addresses as host:port, the web address as a URL, the storage's connection string, the process ids.</summary>
internal sealed record ReadyLine(
    string Smtp, string Submission, string Submissions, string Pop3, string Pop3s, string Web, string Storage, Pids Pids)
{
    /// <summary>The whole line.</summary>
    public override string ToString()
    {
        // A connection string is full of characters that the default encoder spells as \u escapes for HTML's sake.
        var json = new LocalJson(new JsonSerializerOptions(LocalJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        return "ready " + JsonSerializer.Serialize(this, json.ReadyLine);
    }
}

/// <summary>The JSON that the local run writes for tests and tools.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Pids))]
[JsonSerializable(typeof(ReadyLine))]
internal sealed partial class LocalJson : JsonSerializerContext;
