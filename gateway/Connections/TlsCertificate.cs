// The certificate and what is allowed in a handshake.
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailFunctions.Gateway.Connections;

/// <summary>The server's side of TLS: one certificate, TLS 1.2 and 1.3 (RFC 8996), no renegotiation.</summary>
internal sealed class TlsCertificate
{
    private readonly SslStreamCertificateContext _context;

    private TlsCertificate(X509Certificate2 certificate, X509Certificate2Collection chain)
    {
        _context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        ExpiresAt = certificate.NotAfter.ToUniversalTime();
    }

    /// <summary>When it is no longer valid.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Reads a PEM file that holds certificate, chain and key.</summary>
    /// <exception cref="InvalidOperationException">The file has no certificate or no key that fits; the message says which file.</exception>
    public static TlsCertificate Load(string path) => Load(new TlsOptions { Certificate = path });

    /// <summary>Reads a PEM file, its key perhaps in another, or a PFX file; both perhaps behind a password.</summary>
    /// <exception cref="InvalidOperationException">There is no certificate or no key that fits; the message says which file.</exception>
    public static TlsCertificate Load(TlsOptions options)
    {
        var path = options.Certificate!;
        try
        {
            return File.ReadAllBytes(path).AsSpan().IndexOf("-----BEGIN"u8) >= 0 ? LoadPem(path, options) : LoadPfx(path, options);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"Mail:Tls:Certificate '{path}' is not a PEM file with a certificate and its private key (or Mail:Tls:Key names that), nor a PFX file "
                + $"that Mail:Tls:Password opens: {error.Message}", error);
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

    private static TlsCertificate LoadPem(string path, TlsOptions options)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(path);
        var key = options.Key is { Length: > 0 } other ? other : path;
        return new TlsCertificate(
            options.Password is { Length: > 0 } password
                ? X509Certificate2.CreateFromEncryptedPemFile(path, password, key)
                : X509Certificate2.CreateFromPemFile(path, key),
            chain);
    }

    private static TlsCertificate LoadPfx(string path, TlsOptions options)
    {
        var chain = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, options.Password);
        var own = chain.FirstOrDefault(certificate => certificate.HasPrivateKey) ?? throw new CryptographicException("There is no private key.");
        return new TlsCertificate(own, chain);
    }
}
