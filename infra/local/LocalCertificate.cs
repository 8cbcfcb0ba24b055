// The self-signed certificate of a local run.
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailFunctions.Local;

/// <summary>
/// A PEM file with certificate and key, made once and kept, so that a mail client that was told to trust it need not be told again. Only its owner can
/// read it.
/// </summary>
internal static class LocalCertificate
{
    private const int Years = 10;

    /// <summary>Makes the file unless it is there, valid, and for exactly these names.</summary>
    /// <param name="path">The file.</param>
    /// <param name="names">The host names it is for, besides localhost and the loopback addresses.</param>
    /// <param name="now">The time.</param>
    public static void Ensure(string path, IReadOnlyCollection<string> names, DateTimeOffset now)
    {
        string[] all = [.. names.Prepend("localhost").Distinct(StringComparer.OrdinalIgnoreCase)];
        if (IsGood(path, all, now))
            return;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=MailFunctions local run", key, HashAlgorithmName.SHA256);
        var subjects = new SubjectAlternativeNameBuilder();
        foreach (var name in all)
            subjects.AddDnsName(name);
        subjects.AddIpAddress(IPAddress.Loopback);
        subjects.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(subjects.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false)); // serverAuth
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(Years));
        OwnFile.Replace(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private static bool IsGood(string path, string[] names, DateTimeOffset now)
    {
        if (!File.Exists(path))
            return false;
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(path);
            var subjects = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension => extension.EnumerateDnsNames());
            return certificate.HasPrivateKey && now < certificate.NotAfter && now > certificate.NotBefore
                && subjects.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(names);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
