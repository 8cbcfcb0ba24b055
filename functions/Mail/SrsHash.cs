// The keyed hash in a rewritten address.
using System.Security.Cryptography;

namespace MailFunctions.Mail;

/// <summary>HMAC-SHA-256 of the scheme and the signed text in lower case, cut to 30 bits: each guess costs a delivery attempt.</summary>
internal static class SrsHash
{
    /// <summary>Characters of the hash.</summary>
    private const int Length = 6;

    /// <summary>The hash as base32 (RFC 4648 6): one case, because systems on the way may fold it.</summary>
    public static string Make(ReadOnlySpan<byte> key, char scheme, ReadOnlySpan<char> signed)
    {
        Span<char> hash = stackalloc char[Length];
        Make(key, scheme, signed, hash);
        return new string(hash);
    }

    /// <summary>Compares in fixed time and regardless of case.</summary>
    public static bool Matches(ReadOnlySpan<char> hash, ReadOnlySpan<byte> key, char scheme, ReadOnlySpan<char> signed)
    {
        if (hash.Length != Length)
            return false;
        Span<char> expected = stackalloc char[Length];
        Make(key, scheme, signed, expected);
        Span<byte> left = stackalloc byte[Length];
        Span<byte> right = stackalloc byte[Length];
        for (var i = 0; i < Length; i++)
        {
            left[i] = (byte)char.ToUpperInvariant(hash[i]);
            right[i] = (byte)expected[i];
        }
        return CryptographicOperations.FixedTimeEquals(left, right);
    }

    private static void Make(ReadOnlySpan<byte> key, char scheme, ReadOnlySpan<char> signed, Span<char> hash)
    {
        Span<byte> text = stackalloc byte[signed.Length + 1]; // a local part and a domain: 322 octets at most
        text[0] = (byte)scheme;
        for (var i = 0; i < signed.Length; i++)
            text[i + 1] = (byte)char.ToLowerInvariant(signed[i]);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, text, mac);
        var bits = (uint)(mac[0] << 24 | mac[1] << 16 | mac[2] << 8 | mac[3]);
        for (var i = 0; i < Length; i++)
            hash[i] = SrsDay.Digits[(int)(bits >> (27 - 5 * i)) & 31];
    }
}
