// The handshake options of each listener, made once from the one certificate.
using System.Net.Security;

namespace MailFunctions.Gateway.Connections;

/// <summary>What a handshake on each listener offers; nothing where no certificate is configured.</summary>
internal sealed class TlsListeners
{
    private readonly Dictionary<string, SslServerAuthenticationOptions> _options;

    /// <summary>Reads the certificate.</summary>
    /// <exception cref="InvalidOperationException">It cannot be used; the message says why.</exception>
    public TlsListeners(GatewayOptions options)
        : this(options.Tls.Certificate is { Length: > 0 } path ? TlsCertificate.Load(path) : null)
    {
    }

    /// <summary>Takes a certificate, or none.</summary>
    internal TlsListeners(TlsCertificate? certificate) => _options = certificate is null
        ? [] : Listeners.Rows.ToDictionary(row => row.Name, _ => certificate.CreateOptions());

    /// <summary>Whether a listener can be put under TLS.</summary>
    public bool Has(Listener listener) => _options.ContainsKey(listener.Name);

    /// <summary>The options of a listener that <see cref="Has"/> says has them.</summary>
    public SslServerAuthenticationOptions Of(Listener listener) => _options[listener.Name];
}
