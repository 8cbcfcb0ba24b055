// The ports of the gateway: which protocol is spoken on each, and how it comes under TLS.
namespace MailFunctions.Gateway;

/// <summary>What is spoken on a listener.</summary>
internal enum Service
{
    /// <summary>SMTP between servers: mail for our own domains from anybody.</summary>
    Receive,

    /// <summary>SMTP from our own users (RFC 6409): login required.</summary>
    Submit,

    /// <summary>POP3.</summary>
    Pop3,
}

/// <summary>How a listener's connections come under TLS.</summary>
internal enum TlsMode
{
    /// <summary>They begin in clear and may be upgraded.</summary>
    Upgrade,

    /// <summary>They begin with a handshake (RFC 8314).</summary>
    Implicit,
}

/// <summary>One listener.</summary>
/// <param name="Name">Its name in configuration and logs.</param>
/// <param name="Service">What is spoken.</param>
/// <param name="Tls">How it comes under TLS.</param>
/// <param name="EndPoint">Where its address stands in the configuration.</param>
internal sealed record Listener(string Name, Service Service, TlsMode Tls, Func<ListenerOptions, string> EndPoint);

/// <summary>The one table of listeners.</summary>
internal static class Listeners
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Listener> Rows { get; } =
    [
        new("Smtp", Service.Receive, TlsMode.Upgrade, options => options.Smtp),
        new("Submission", Service.Submit, TlsMode.Upgrade, options => options.Submission),
        new("Submissions", Service.Submit, TlsMode.Implicit, options => options.Submissions),
        new("Pop3", Service.Pop3, TlsMode.Upgrade, options => options.Pop3),
        new("Pop3s", Service.Pop3, TlsMode.Implicit, options => options.Pop3s),
    ];
}
