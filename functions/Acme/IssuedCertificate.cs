// A certificate as an authority delivers it, its key, and whether it is what was ordered.
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MailFunctions.Acme;

/// <summary>A certificate with its key.</summary>
/// <param name="Pem">Key, certificate and chain, as the gateway reads them. A secret.</param>
/// <param name="Facts">What is known of it.</param>
public sealed record IssuedCertificate(string Pem, CertificateFacts Facts)
{
    // An authority's clock may be ahead of ours.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromHours(1);

    /// <summary>Never tells the key.</summary>
    public override string ToString() => $"{string.Join(", ", Facts.Names)}, serial {Facts.Serial}";

    /// <summary>The request for it (RFC 2986): all names as alternative names, and no subject, which nobody reads.</summary>
    internal static byte[] Request(IReadOnlyList<string> names, ECDsa key)
    {
        var alternative = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            alternative.AddDnsName(name);
        var request = new CertificateRequest(new X500DistinguishedName(""), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(alternative.Build());
        return request.CreateSigningRequest();
    }

    /// <summary>
    /// Reads the chain that was delivered. Only its certificates are kept, written anew by us, so that nothing else that an authority may send, such as
    /// another key, comes among the files that a server reads.
    /// </summary>
    /// <exception cref="AcmeException">It is not for this key, these names or this time, or no chain.</exception>
    internal static IssuedCertificate Check(string delivered, ECDsa key, IReadOnlyList<string> names, DateTimeOffset now)
    {
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(delivered);
            CheckChain(chain);
            var leaf = chain[0];
            var facts = CertificateFacts.Of(leaf);
            CheckLeaf(leaf, facts, key, names, now);
            var pem = new StringBuilder(key.ExportPkcs8PrivateKeyPem()).Append('\n');
            foreach (var certificate in chain)
                pem.Append(certificate.ExportCertificatePem()).Append('\n');
            return new IssuedCertificate(pem.ToString(), facts);
        }
        catch (CryptographicException error)
        {
            throw Wrong("cannot be read", error);
        }
        finally
        {
            foreach (var certificate in chain)
                certificate.Dispose();
        }
    }

    private static void CheckChain(X509Certificate2Collection chain)
    {
        if (chain.Count is 0 or > AcmeLimits.Chain)
            throw Wrong($"has {chain.Count} certificates");
        for (var i = 1; i < chain.Count; i++)
        {
            // RFC 8555 7.4.2: each certifies the one before it
            if (!chain[i].SubjectName.RawData.AsSpan().SequenceEqual(chain[i - 1].IssuerName.RawData))
                throw Wrong($"is no chain: '{Problems.Clean(chain[i].Subject)}' did not issue what stands before it");
        }
    }

    private static void CheckLeaf(X509Certificate2 leaf, CertificateFacts facts, ECDsa key, IReadOnlyList<string> names, DateTimeOffset now)
    {
        if (!leaf.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
            throw Wrong("is for another key than ours");
        if (names.Except(facts.Names, StringComparer.Ordinal).FirstOrDefault() is { } missing)
            throw Wrong($"is not for {missing}");
        if (facts.Names.Except(names, StringComparer.Ordinal).FirstOrDefault() is { } foreign)
            throw Wrong($"is also for {Problems.Clean(foreign)}, which was not ordered");
        if (facts.NotAfter <= now || facts.NotBefore > now + ClockTolerance)
        {
            throw Wrong(
                $"is valid from {facts.NotBefore:yyyy-MM-dd HH:mm:ss}Z to {facts.NotAfter:yyyy-MM-dd HH:mm:ss}Z, and now it is "
                + $"{now.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z");
        }
    }

    private static AcmeException Wrong(string what, Exception? cause = null) =>
        new(AcmeTroubleKind.WrongCertificate, $"the certificate that was issued {what}", cause);
}
