// What is noted of TLS with other systems, in the words of RFC 8460.
using MailFunctions.App.Pipeline.Relaying;
using MailFunctions.Mail.Traces;
using MailFunctions.Smtp.Client;
using MailFunctions.Smtp.MtaSts;

namespace MailFunctions.App.Pipeline.TlsReports;

/// <summary>Turns the begin of a session into an entry of the trace: no storage call of its own.</summary>
internal static class TlsNotes
{
    /// <summary>The policy type where a domain has an MTA-STS policy (RFC 8460 4.4).</summary>
    public const string Sts = "sts";

    /// <summary>The policy type where it has none.</summary>
    public const string NoPolicy = "no-policy-found";

    // RFC 8460 4.3.2: whether the certificate, its name or the policy is at fault is told in the text of the attempt, and not said apart here.
    private const string Unspecified = "validation-failure";

    /// <summary>There was a session.</summary>
    public static TraceEntry Connected(string domain, RelayHost host, StsPolicy? policy, SmtpConnection connection) => Entry(
        domain, host, policy,
        !connection.IsTls ? "starttls-not-supported"
        : policy is null || (connection.IsVerified && policy.Allows(host.Name)) ? null
        : Unspecified);

    /// <summary>There was none; null where that has nothing to do with TLS.</summary>
    public static TraceEntry? Failed(string domain, RelayHost host, StsPolicy? policy, ClientTrouble trouble) => trouble.Cause switch
    {
        TroubleCause.NoTls => Entry(domain, host, policy, "starttls-not-supported"),
        TroubleCause.TlsFailed => Entry(domain, host, policy, Unspecified),
        _ => null,
    };

    /// <summary>No exchanger of a domain is one that its policy names, so nobody was asked.</summary>
    public static TraceEntry NotNamed(string domain) =>
        new(TraceKind.Connected) { Destination = domain, Succeeded = false, Reply = Unspecified, Results = Sts };

    private static TraceEntry Entry(string domain, RelayHost host, StsPolicy? policy, string? failure) => new(TraceKind.Connected)
    {
        Destination = domain, Host = host.Name, Address = host.EndPoint.Address.ToString(), Succeeded = failure is null, Reply = failure,
        Results = policy is null ? NoPolicy : Sts,
    };
}
