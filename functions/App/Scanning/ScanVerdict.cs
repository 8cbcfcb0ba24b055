// What a scan came to, as fields on top of the copies.
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MailFunctions.App.Scanning;

/// <summary>
/// The fields that programs and people filter by: <c>X-Spam: Yes</c> where rspamd would have kept the message from its reader, and the score and what it is
/// made of. It is too late to refuse the message, and what it is worth is for its reader to decide, so all of it is delivered.
/// </summary>
/// <param name="Fields">The fields, each ending in CR LF; ASCII.</param>
internal sealed record ScanVerdict(string Fields)
{
    private const int MostSymbols = 50;

    /// <summary>Nothing was to be looked at.</summary>
    public static ScanVerdict None { get; } = new("");

    /// <summary>Nobody looked, and why.</summary>
    public static ScanVerdict Unknown(string why) => new($"X-Spam-Status: Unknown, {why}\r\n");

    /// <summary>Reads the answer of rspamd.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static ScanVerdict Read(byte[] answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            return Read(document.RootElement);
        }
        catch (InvalidOperationException error)
        {
            throw new JsonException("a text in the answer is no Unicode", error); // which is found when it is asked for
        }
    }

    private static ScanVerdict Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("action", out var word) || word.ValueKind != JsonValueKind.String
            || !TryReadNumber(root, "score", out var score))
            throw new JsonException("no action and score in the answer");
        var action = Plain(word.GetString()!);
        var isSpam = action is "reject" or "add header" or "rewrite subject" or "quarantine" or "discard"; // "soft reject" is about rates
        var fields = new StringBuilder();
        if (isSpam)
            fields.Append("X-Spam: Yes\r\n");
        fields.Append(CultureInfo.InvariantCulture, $"X-Spam-Status: {(isSpam ? "Yes" : "No")}, score={score:0.00}{Required(root)}\r\n\taction={action}\r\n");
        var names = root.TryGetProperty("symbols", out var symbols) && symbols.ValueKind == JsonValueKind.Object
            ? symbols.EnumerateObject().Take(MostSymbols).Select(symbol => Symbol(symbol)).ToList()
            : [];
        if (names.Count > 0)
            fields.Append(CultureInfo.InvariantCulture, $"X-Spam-Symbols: {string.Join(",\r\n\t", names)}\r\n");
        return new ScanVerdict(fields.ToString());
    }

    // Where nothing is ever rejected there is no score for it.
    private static string Required(JsonElement root) =>
        TryReadNumber(root, "required_score", out var required) ? string.Create(CultureInfo.InvariantCulture, $" required={required:0.00}") : "";

    private static string Symbol(JsonProperty symbol) => symbol.Value.ValueKind == JsonValueKind.Object && TryReadNumber(symbol.Value, "score", out var score)
        ? string.Create(CultureInfo.InvariantCulture, $"{Plain(symbol.Name)}({score:0.00})")
        : Plain(symbol.Name);

    private static bool TryReadNumber(JsonElement element, string name, out double number)
    {
        number = 0;
        return element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out number) && double.IsFinite(number);
    }

    // Names are the scanner's, and a header is no place for anything else than words.
    private static string Plain(string text) =>
        new([.. text.Take(60).Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or ' ' ? c : '?')]);
}
