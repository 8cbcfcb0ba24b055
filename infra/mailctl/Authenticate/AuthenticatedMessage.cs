// What authenticate reads and prints: a line of JSON for each message.
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MailFunctions.Authentication;

namespace MailFunctions.Mailctl.Authenticate;

/// <summary>A line of the batch.</summary>
/// <param name="File">The file with the message.</param>
/// <param name="Ip">The address of the client that brought it, or null.</param>
/// <param name="Helo">What the client said in HELO or EHLO, or null.</param>
/// <param name="MailFrom">The sender of the envelope; null or empty for none.</param>
internal sealed record BatchEntry(string? File, string? Ip, string? Helo, string? MailFrom);

/// <summary>What SPF says of the client.</summary>
/// <param name="Result">The result of RFC 7208 2.6.</param>
/// <param name="Domain">Whose record was asked for, or null.</param>
/// <param name="Explanation">What the domain has to say to those that may not send for it, in words that are not ours; or null.</param>
internal sealed record SpfView(string Result, string? Domain, string? Explanation);

/// <summary>What was made of one signature.</summary>
/// <param name="Domain">Who signed, or null if that cannot be read.</param>
/// <param name="Selector">With which key, likewise.</param>
/// <param name="Result">The result of RFC 8601 2.7.1.</param>
/// <param name="Reason">Why it is no pass, or null.</param>
internal sealed record DkimView(string? Domain, string? Selector, string Result, string? Reason);

/// <summary>What DMARC says of the author.</summary>
/// <param name="Result">The result of RFC 7489 11.2.</param>
/// <param name="Policy">What the domain asks for; null if it asks for nothing.</param>
/// <param name="Disposition">What is to be done with the message.</param>
/// <param name="Domain">The author's domain, or null.</param>
internal sealed record DmarcView(string Result, string? Policy, string Disposition, string? Domain);

/// <summary>What is made of the chain of those who passed the message on.</summary>
/// <param name="Result">The state of RFC 8617 4.4.</param>
internal sealed record ArcView(string Result);

/// <summary>A message that was judged.</summary>
/// <param name="File">The file as it was named.</param>
/// <param name="Spf">See <see cref="SpfView"/>.</param>
/// <param name="Dkim">A row for each signature that was looked at, from the top.</param>
/// <param name="Dmarc">See <see cref="DmarcView"/>.</param>
/// <param name="Arc">See <see cref="ArcView"/>.</param>
/// <param name="Header">The field Authentication-Results as the gateway would write it.</param>
internal sealed record AuthenticatedMessage(string File, SpfView Spf, IReadOnlyList<DkimView> Dkim, DmarcView Dmarc, ArcView Arc, string Header)
{
    /// <summary>What was found, as it is printed.</summary>
    public static AuthenticatedMessage Of(string file, SenderFindings findings, string hostname)
    {
        var (spf, dkim, dmarc, arc) = findings;
        return new AuthenticatedMessage(
            file,
            new SpfView(AuthenticationResults.Word(spf.Result), spf.Domain.Length > 0 ? spf.Domain : null, spf.Explanation?.Text),
            [
                .. dkim.Select(one => new DkimView(
                    one.Domain?.Text, one.Selector, AuthenticationResults.Word(one.Verdict), one.Reason.Length > 0 ? one.Reason : null)),
            ],
            new DmarcView(
                AuthenticationResults.Word(dmarc.Result), dmarc.PublishedAt is null ? null : AuthenticationResults.Word(dmarc.Policy),
                AuthenticationResults.Word(dmarc.Disposition), dmarc.Domain?.Text),
            new ArcView(AuthenticationResults.Of(arc).Result),
            findings.ToResults(hostname).ToField());
    }
}

/// <summary>A message that could not be judged.</summary>
/// <param name="File">The file as it was named; null if the line of the batch could not be read.</param>
/// <param name="Line">The number of the line of the batch, from 1; null for a file of the command line.</param>
/// <param name="Error">Why not.</param>
internal sealed record UnjudgedMessage(string? File, int? Line, string Error);

/// <summary>The JSON of these lines, a message on each.</summary>
[JsonSerializable(typeof(BatchEntry))]
[JsonSerializable(typeof(AuthenticatedMessage))]
[JsonSerializable(typeof(UnjudgedMessage))]
internal sealed partial class AuthenticationJson : JsonSerializerContext
{
    /// <summary>The context to read and write with.</summary>
    public static AuthenticationJson Lines { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
