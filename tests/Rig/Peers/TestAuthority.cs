// A certificate authority for tests.
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailFunctions.Rig.Peers;

/// <summary>Signs certificates that only those trust who are told to.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=Test Authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(7));
    }

    /// <summary>The root, to be trusted.</summary>
    public X509Certificate2Collection Roots => [X509CertificateLoader.LoadCertificate(_root.RawData)];

    /// <summary>A server's certificate with its key.</summary>
    /// <param name="name">Its DNS name or address.</param>
    /// <param name="isExpired">Whether its time is over.</param>
    public X509Certificate2 Issue(string name, bool isExpired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Sign(new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256), name, isExpired);
        return Finish(certificate.CopyWithPrivateKey(key));
    }

    /// <summary>The same with an RSA key, which every server can use.</summary>
    public X509Certificate2 IssueRsa(string name)
    {
        using var key = RSA.Create(2_048);
        using var certificate = Sign(new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), name, isExpired: false);
        return Finish(certificate.CopyWithPrivateKey(key));
    }

    private X509Certificate2 Sign(CertificateRequest request, string name, bool isExpired)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var until = DateTimeOffset.UtcNow.AddDays(isExpired ? -0.5 : 1);
        return request.Create(
            _root.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), DateTimeOffset.UtcNow.AddDays(-0.9), until, RandomNumberGenerator.GetBytes(8));
    }

    // TLS on some systems does not take a key that exists in memory only.
    private static X509Certificate2 Finish(X509Certificate2 withKey)
    {
        using (withKey)
            return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
    }
}
