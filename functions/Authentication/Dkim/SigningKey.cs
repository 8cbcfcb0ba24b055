// A private key that mail is signed with.
using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using MailFunctions.Authentication.Ed25519;

namespace MailFunctions.Authentication.Dkim;

/// <summary>A private key for rsa-sha256 or ed25519-sha256. It shows nothing of itself but what is public.</summary>
public sealed class SigningKey
{
    /// <summary>The least bits of an RSA key that we sign with (RFC 8301 3.2).</summary>
    public const int MinRsaBits = 2048;

    /// <summary>The most bits of an RSA key that we sign with: verifiers need not know longer ones (RFC 8301 3.2).</summary>
    public const int MaxRsaBits = 4096;

    private const string Label = "PRIVATE KEY";
    private const string RsaLabel = "RSA PRIVATE KEY";
    private const string Ed25519Id = "1.3.101.112"; // RFC 8410 3

    private readonly byte[] _private; // PKCS #8 of an RSA key, the seed of an Ed25519 key
    private readonly byte[] _public; // as it is published

    private SigningKey(SigningAlgorithm algorithm, byte[] privateOctets, byte[] publicOctets) =>
        (Algorithm, _private, _public) = (algorithm, privateOctets, publicOctets);

    /// <summary>With what it signs.</summary>
    public SigningAlgorithm Algorithm { get; }

    /// <summary>The text to publish at <c>selector._domainkey.domain</c> (RFC 6376 3.6.1, RFC 8463 4.2).</summary>
    public string DnsRecord => $"v=DKIM1; k={(Algorithm == SigningAlgorithm.Rsa ? "rsa" : "ed25519")}; p={Convert.ToBase64String(_public)}";

    /// <summary>The name of the algorithm in a signature (a=).</summary>
    internal string AlgorithmName => Algorithm == SigningAlgorithm.Rsa ? "rsa-sha256" : "ed25519-sha256";

    /// <summary>Makes an RSA key of 2048 bits: what every verifier knows and DNS can carry.</summary>
    public static SigningKey NewRsa()
    {
        using var rsa = RSA.Create(MinRsaBits);
        return Of(rsa);
    }

    /// <summary>Makes an Ed25519 key.</summary>
    public static SigningKey NewEd25519() => OfSeed(RandomNumberGenerator.GetBytes(EdwardsSignature.KeySize));

    /// <summary>Reads a key in PEM: PKCS #8 (RFC 5958) of either kind, or PKCS #1 of RSA.</summary>
    /// <param name="pem">The text.</param>
    /// <param name="key">The key.</param>
    /// <param name="fault">What is wrong with it; holds nothing of the key.</param>
    public static bool TryParse(string pem, [NotNullWhen(true)] out SigningKey? key, out string fault)
    {
        key = null;
        fault = "is no private key in PEM that is not encrypted (PKCS #8, or PKCS #1 of RSA)";
        if (!PemEncoding.TryFind(pem, out var fields))
            return false;
        var label = pem.AsSpan()[fields.Label];
        var octets = new byte[fields.DecodedDataLength];
        if (!Convert.TryFromBase64Chars(pem.AsSpan()[fields.Base64Data], octets, out _))
            return false;
        try
        {
            if (label is Label && TryReadSeed(octets, out var seed))
            {
                key = OfSeed(seed);
                return true;
            }
            return label is Label or RsaLabel && TryReadRsa(octets, label is RsaLabel, out key, ref fault);
        }
        catch (Exception exception) when (exception is CryptographicException or AsnContentException)
        {
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }

    /// <summary>The key as PEM, PKCS #8: a secret.</summary>
    public string ExportPem()
    {
        if (Algorithm == SigningAlgorithm.Rsa)
            return PemEncoding.WriteString(Label, _private);
        // RFC 8410 7: an octet string within an octet string.
        var inner = new AsnWriter(AsnEncodingRules.DER);
        inner.WriteOctetString(_private);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence())
                writer.WriteObjectIdentifier(Ed25519Id);
            writer.WriteOctetString(inner.Encode());
        }
        return PemEncoding.WriteString(Label, writer.Encode());
    }

    /// <summary>Signs the SHA-256 hash of something.</summary>
    internal byte[] Sign(ReadOnlySpan<byte> hash)
    {
        if (Algorithm == SigningAlgorithm.Ed25519)
            return EdwardsSignature.Sign(_private, _public, hash); // RFC 8463 3: the hash is the message
        // The framework does not promise that one object may sign on two threads at a time.
        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(_private, out _);
        return rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    /// <summary>A key of its seed.</summary>
    internal static SigningKey OfSeed(byte[] seed) => new(SigningAlgorithm.Ed25519, seed, EdwardsSignature.PublicKey(seed));

    private static SigningKey Of(RSA rsa) => new(SigningAlgorithm.Rsa, rsa.ExportPkcs8PrivateKey(), rsa.ExportSubjectPublicKeyInfo());

    private static bool TryReadRsa(byte[] octets, bool isBare, [NotNullWhen(true)] out SigningKey? key, ref string fault)
    {
        key = null;
        using var rsa = RSA.Create();
        if (isBare)
            rsa.ImportRSAPrivateKey(octets, out _);
        else
            rsa.ImportPkcs8PrivateKey(octets, out _);
        if (rsa.KeySize is < MinRsaBits or > MaxRsaBits)
        {
            fault = $"is an RSA key of {rsa.KeySize} bits, and must be of {MinRsaBits} to {MaxRsaBits}";
            return false;
        }
        key = Of(rsa);
        return true;
    }

    private static bool TryReadSeed(byte[] octets, out byte[] seed)
    {
        seed = [];
        var info = new AsnReader(octets, AsnEncodingRules.DER).ReadSequence();
        info.ReadInteger();
        if (info.ReadSequence().ReadObjectIdentifier() != Ed25519Id)
            return false;
        seed = new AsnReader(info.ReadOctetString(), AsnEncodingRules.DER).ReadOctetString();
        return seed.Length == EdwardsSignature.KeySize;
    }
}
