// Checks signatures with published keys.
using System.Security.Cryptography;
using MailFunctions.Authentication.Ed25519;

namespace MailFunctions.Authentication.Dkim;

/// <summary>The arithmetic of both algorithms, with limits on keys.</summary>
internal static class PublicKey
{
    /// <summary>The least bits of an RSA key (RFC 8301 3.2).</summary>
    public const int MinRsaBits = 1024;

    /// <summary>The most bits of an RSA key: beyond, checking costs more than mail is worth.</summary>
    public const int MaxRsaBits = 8192;

    private const int MaxRsaOctets = 1100; // of a key of that size

    /// <summary>Checks a signature of a SHA-256 hash.</summary>
    public static SignatureOutcome Verify(SigningAlgorithm algorithm, byte[] key, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        if (algorithm == SigningAlgorithm.Rsa)
            return VerifyRsa(key, hash, signature);
        if (key.Length != EdwardsSignature.KeySize)
            return SignatureOutcome.PermError("the key is no Ed25519 key");
        return Outcome(EdwardsSignature.Verify(key, hash, signature));
    }

    private static SignatureOutcome VerifyRsa(byte[] key, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        if (key.Length > MaxRsaOctets)
            return SignatureOutcome.PermError("the key is too long");
        using var rsa = RSA.Create();
        try
        {
            if (!TryImport(rsa, key))
                return SignatureOutcome.PermError("the key is no RSA key");
            if (rsa.KeySize < MinRsaBits)
                return new SignatureOutcome(DkimVerdict.Policy, "the key is shorter than 1024 bits");
            return rsa.KeySize > MaxRsaBits
                ? SignatureOutcome.PermError("the key is too long")
                : Outcome(rsa.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        }
        catch (CryptographicException)
        {
            // An exponent or a modulus that the framework's arithmetic refuses.
            return SignatureOutcome.PermError("the key cannot be used");
        }
    }

    // RFC 6376 3.6.1 has the bare key; what everybody publishes is the one in its envelope (RFC Errata 3017).
    private static bool TryImport(RSA rsa, byte[] key)
    {
        try
        {
            rsa.ImportSubjectPublicKeyInfo(key, out var read);
            return read == key.Length;
        }
        catch (CryptographicException)
        {
            // Not in its envelope.
        }
        try
        {
            rsa.ImportRSAPublicKey(key, out var read);
            return read == key.Length;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static SignatureOutcome Outcome(bool isGood) => isGood ? SignatureOutcome.Pass : new SignatureOutcome(DkimVerdict.Fail, "the signature is of another message");
}
