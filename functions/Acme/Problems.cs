// Problem documents (RFC 7807, RFC 8555 6.7) in words.
using System.Text;
using System.Text.Json;

namespace MailFunctions.Acme;

/// <summary>Turns what an authority complains of into trouble.</summary>
internal static class Problems
{
    /// <summary>The type of a request whose nonce was not taken.</summary>
    public const string BadNonce = "badNonce";

    private const string Prefix = "urn:ietf:params:acme:error:";
    private const int MaxSubproblems = 5;

    /// <summary>The short name of the document's type; empty if the body is no problem document.</summary>
    public static string TypeOf(AcmeAnswer answer) => Read(answer)?.Type is { } type ? ShortName(type) : "";

    /// <summary>The trouble that an answer other than success tells of.</summary>
    public static AcmeTrouble Of(AcmeAnswer answer)
    {
        var problem = Read(answer);
        var words = problem is null ? $"HTTP status {answer.Status}" : Words(problem);
        var kind = (problem?.Type is { } type ? ShortName(type) : "") switch
        {
            "rateLimited" => AcmeTroubleKind.RateLimited,
            "serverInternal" => AcmeTroubleKind.Unreachable,
            _ => answer.Status switch
            {
                429 => AcmeTroubleKind.RateLimited,
                >= 500 => AcmeTroubleKind.Unreachable,
                _ => AcmeTroubleKind.Refused,
            },
        };
        var retry = answer.RetryAt is { } at ? $"; it wants to be asked again at {at.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z" : "";
        return new AcmeTrouble(kind, $"{answer.Url.Host} says: {words}{retry}", answer.RetryAt);
    }

    /// <summary>A problem and what it is made of, on one line.</summary>
    public static string Words(ProblemJson problem)
    {
        var words = $"{ShortName(problem.Type ?? "about:blank")}: {problem.Detail ?? "no detail"}";
        foreach (var sub in (problem.Subproblems ?? []).Take(MaxSubproblems))
            words += $" [{ShortName(sub.Type ?? "about:blank")}: {sub.Detail ?? "no detail"}]";
        return Clean(words);
    }

    /// <summary>A foreign text as it may stand in a log or on a terminal.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length >= AcmeLimits.ForeignText)
                return clean.Append('…').ToString();
            clean.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        }
        return clean.ToString();
    }

    private static string ShortName(string type) => type.StartsWith(Prefix, StringComparison.Ordinal) ? type[Prefix.Length..] : type;

    private static ProblemJson? Read(AcmeAnswer answer)
    {
        if (answer.MediaType != "application/problem+json")
            return null;
        try
        {
            return JsonSerializer.Deserialize(answer.Body.Span, AcmeJson.Default.ProblemJson);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
