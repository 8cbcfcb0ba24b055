// The certificate and what is allowed in a handshake.
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace MailFunctions.Gateway.Connections;

/// <summary>The server's side of TLS: one certificate, TLS 1.2 and 1.3 (RFC 8996), no renegotiation.</summary>
internal sealed class TlsCertificate
{
    private readonly SslStreamCertificateContext _context;

    private TlsCertificate(SslStreamCertificateContext context) => _context = context;

    /// <summary>Reads a PEM file that holds certificate, chain and key.</summary>
    /// <exception cref="InvalidOperationException">The file has no certificate or no key that fits; the message says which file.</exception>
    public static TlsCertificate Load(string path)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(path);
            var certificate = X509Certificate2.CreateFromPemFile(path, path);
            return new TlsCertificate(SslStreamCertificateContext.Create(certificate, chain, offline: true));
        }
        catch (Exception error) when (error is System.Security.Cryptography.CryptographicException or ArgumentException or IOException)
        {
            throw new InvalidOperationException($"Mail:Tls:Certificate '{path}' is not a PEM file with a certificate and its private key: {error.Message}", error);
        }
    }

    /// <summary>The options of one listener's handshakes. Made once a listener, so that no ticket of one is good at another.</summary>
    public SslServerAuthenticationOptions CreateOptions() => new()
    {
        ServerCertificateContext = _context,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        AllowRenegotiation = false,
        AllowTlsResume = false, // a ticket taken at one listener must be worth nothing at another
        ClientCertificateRequired = false,
    };
}
