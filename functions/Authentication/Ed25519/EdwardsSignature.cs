// Ed25519 signatures (RFC 8032), which the framework does not have.
using System.Security.Cryptography;

namespace MailFunctions.Authentication.Ed25519;

/// <summary>
/// Makes and checks signatures by PureEdDSA over edwards25519 (RFC 8032 5.1). Signing takes the same steps for every key; checking handles nothing secret.
/// </summary>
internal static class EdwardsSignature
{
    /// <summary>Octets of a private key (the seed), and of a public one.</summary>
    public const int KeySize = 32;

    /// <summary>Octets of a signature.</summary>
    public const int Size = 64;

    /// <summary>The public key of a private one (RFC 8032 5.1.5).</summary>
    public static byte[] PublicKey(ReadOnlySpan<byte> seed)
    {
        Span<byte> expanded = stackalloc byte[SHA512.HashSizeInBytes];
        Expand(seed, expanded);
        var key = new byte[KeySize];
        EdwardsPoint.Multiply(EdwardsPoint.Base, expanded[..Scalar.Size]).Write(key);
        CryptographicOperations.ZeroMemory(expanded);
        return key;
    }

    /// <summary>Signs (RFC 8032 5.1.6).</summary>
    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message)
    {
        Span<byte> expanded = stackalloc byte[SHA512.HashSizeInBytes];
        Span<byte> nonce = stackalloc byte[Scalar.Size];
        Span<byte> challenge = stackalloc byte[Scalar.Size];
        Expand(seed, expanded);
        Hash(expanded[Scalar.Size..], [], message, nonce);
        var signature = new byte[Size];
        EdwardsPoint.Multiply(EdwardsPoint.Base, nonce).Write(signature);
        Hash(signature.AsSpan(0, KeySize), publicKey, message, challenge);
        Scalar.MultiplyAdd(challenge, expanded[..Scalar.Size], nonce, signature.AsSpan(KeySize));
        CryptographicOperations.ZeroMemory(expanded);
        CryptographicOperations.ZeroMemory(nonce);
        return signature;
    }

    /// <summary>Checks a signature (RFC 8032 5.1.7, without the cofactor). False for anything malformed as well.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != KeySize || signature.Length != Size || !Scalar.IsReduced(signature[KeySize..]) || !EdwardsPoint.TryRead(publicKey, out var key))
            return false;
        Span<byte> challenge = stackalloc byte[Scalar.Size];
        Hash(signature[..KeySize], publicKey, message, challenge);
        Span<byte> expected = stackalloc byte[KeySize];
        EdwardsPoint.MultiplyPublic(EdwardsPoint.Base, signature[KeySize..], -key, challenge).Write(expected);
        return expected.SequenceEqual(signature[..KeySize]);
    }

    private static void Expand(ReadOnlySpan<byte> seed, Span<byte> expanded)
    {
        SHA512.HashData(seed, expanded);
        expanded[0] &= 0xF8;
        expanded[31] &= 0x7F;
        expanded[31] |= 0x40;
    }

    private static void Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, Span<byte> scalar)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(first);
        hash.AppendData(second);
        hash.AppendData(third);
        Span<byte> wide = stackalloc byte[Scalar.WideSize];
        hash.GetHashAndReset(wide);
        Scalar.Reduce(wide, scalar);
        CryptographicOperations.ZeroMemory(wide);
    }
}
