// The channel binding tls-server-end-point: what ties a login to the certificate that the client has seen.
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailFunctions.Gateway.Connections;

/// <summary>
/// RFC 5929 4.1: the hash of the certificate by the hash of its signature, by SHA-256 where that would be MD5 or SHA-1. A certificate whose signature
/// has no hash of its own (Ed25519), or names it in parameters (RSA-PSS), has no binding.
/// </summary>
internal static class EndPointBinding
{
    /// <summary>The binding's name.</summary>
    public const string Name = "tls-server-end-point";

    /// <summary>The octets that both sides compute, or null if the certificate has none.</summary>
    public static byte[]? Of(X509Certificate2 certificate) => certificate.SignatureAlgorithm.Value switch
    {
        "1.2.840.113549.1.1.4" or "1.2.840.113549.1.1.5" or "1.2.840.10045.4.1" => SHA256.HashData(certificate.RawData), // MD5, SHA-1
        "1.2.840.113549.1.1.11" or "1.2.840.10045.4.3.2" => SHA256.HashData(certificate.RawData),
        "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => SHA384.HashData(certificate.RawData),
        "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => SHA512.HashData(certificate.RawData),
        _ => null,
    };
}
