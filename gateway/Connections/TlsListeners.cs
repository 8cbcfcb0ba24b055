// The handshake options of each listener, made from the one certificate, and made anew when that is replaced.
using System.Net.Security;

namespace MailFunctions.Gateway.Connections;

/// <summary>What a handshake on each listener offers; nothing where no certificate is configured.</summary>
internal sealed class TlsListeners
{
    private Dictionary<string, SslServerAuthenticationOptions> _options;

    /// <summary>Reads the certificate.</summary>
    /// <exception cref="InvalidOperationException">It cannot be used; the message says why.</exception>
    public TlsListeners(GatewayOptions options)
        : this(options.Tls.Certificate is { Length: > 0 } ? TlsCertificate.Load(options.Tls) : null)
    {
    }

    /// <summary>Takes a certificate, or none.</summary>
    internal TlsListeners(TlsCertificate? certificate)
    {
        Certificate = certificate;
        _options = OptionsOf(certificate);
    }

    /// <summary>The certificate of new sessions.</summary>
    public TlsCertificate? Certificate { get; private set; }

    /// <summary>Whether a listener can be put under TLS.</summary>
    public bool Has(Listener listener) => Volatile.Read(ref _options).ContainsKey(listener.Name);

    /// <summary>The options of a listener that <see cref="Has"/> says has them.</summary>
    public SslServerAuthenticationOptions Of(Listener listener) => Volatile.Read(ref _options)[listener.Name];

    /// <summary>Replaces the certificate: for new sessions, those under way keep what they have.</summary>
    public void Replace(TlsCertificate certificate)
    {
        Certificate = certificate;
        Volatile.Write(ref _options, OptionsOf(certificate));
    }

    private static Dictionary<string, SslServerAuthenticationOptions> OptionsOf(TlsCertificate? certificate) =>
        certificate is null ? [] : Listeners.Rows.ToDictionary(row => row.Name, _ => certificate.CreateOptions());
}
