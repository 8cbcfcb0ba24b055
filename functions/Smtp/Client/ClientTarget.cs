// Whom to speak to, and how.
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace MailFunctions.Smtp.Client;

/// <summary>When a session is put under TLS.</summary>
public enum TlsMode
{
    /// <summary>Never: for another try where an opportunistic handshake has failed.</summary>
    Never,

    /// <summary>
    /// By STARTTLS where it is offered (RFC 7435). The certificate is not looked at: whoever could forge it could as well hide the offer.
    /// </summary>
    Opportunistic,

    /// <summary>By STARTTLS, with a certificate that is good for the host's name; otherwise the session ends.</summary>
    Required,

    /// <summary>From the first octet (RFC 8314), with a certificate that is good for the host's name.</summary>
    Implicit,
}

/// <summary>One address of one server, and what is demanded of the session.</summary>
public sealed record ClientTarget
{
    /// <summary>The server's name: for TLS, outcomes and the log. An address as text if it has no name.</summary>
    public required string HostName { get; init; }

    /// <summary>The address to dial.</summary>
    public required IPEndPoint EndPoint { get; init; }

    /// <summary>What we call ourselves in EHLO: a host name or an address literal.</summary>
    public required string Hello { get; init; }

    /// <summary>When TLS begins.</summary>
    public TlsMode Tls { get; init; } = TlsMode.Opportunistic;

    /// <summary>The login to use, or null for none. Only with <see cref="TlsMode.Required"/> or <see cref="TlsMode.Implicit"/>.</summary>
    public ClientLogin? Login { get; init; }

    /// <summary>The certificate authorities to trust in place of the system's, or null.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    internal bool VerifiesCertificate => Tls is TlsMode.Required or TlsMode.Implicit;
}
