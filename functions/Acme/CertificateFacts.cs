// What there is to know of a certificate before it is used or renewed.
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailFunctions.Acme;

/// <summary>A certificate without its key.</summary>
/// <param name="Names">The names that it is for.</param>
/// <param name="Issuer">Who issued it.</param>
/// <param name="Serial">Its number, in hexadecimal digits.</param>
/// <param name="NotBefore">From when on it is valid.</param>
/// <param name="NotAfter">From when on it is not any more.</param>
/// <param name="RenewalId">Its name where its authority tells when to renew it (RFC 9773 4.1); null if it has none.</param>
public sealed record CertificateFacts(
    IReadOnlyList<string> Names, string Issuer, string Serial, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string? RenewalId)
{
    /// <summary>How long it is valid in all.</summary>
    public TimeSpan Lifetime => NotAfter - NotBefore;

    /// <summary>Reads the first certificate of a PEM text.</summary>
    /// <returns>Null if there is none that can be read.</returns>
    public static CertificateFacts? Read(string pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
            return certificates.Count == 0 ? null : Of(certificates[0]);
        }
        catch (CryptographicException)
        {
            return null;
        }
        finally
        {
            foreach (var certificate in certificates)
                certificate.Dispose();
        }
    }

    /// <summary>Reads a certificate.</summary>
    /// <exception cref="CryptographicException">An extension of it cannot be read.</exception>
    internal static CertificateFacts Of(X509Certificate2 certificate) => new(
        NamesOf(certificate), certificate.Issuer, certificate.SerialNumber,
        certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime(), RenewalIdOf(certificate));

    private static List<string> NamesOf(X509Certificate2 certificate) => certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
        .SelectMany(names => names.EnumerateDnsNames()).Select(name => name.ToLowerInvariant()).Distinct(StringComparer.Ordinal).ToList();

    private static string? RenewalIdOf(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier is { } authority
            ? $"{Base64Url.EncodeToString(authority.Span)}.{Base64Url.EncodeToString(certificate.SerialNumberBytes.Span)}"
            : null;
}
