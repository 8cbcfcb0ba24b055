// Arithmetic modulo the order of Ed25519's group.
using System.Buffers.Binary;

namespace MailFunctions.Authentication.Ed25519;

/// <summary>Numbers modulo L = 2^252 + 27742317777372353535851937790883648493 (RFC 8032 5.1). No operation branches on a value.</summary>
internal static class Scalar
{
    /// <summary>Octets of a number.</summary>
    public const int Size = 32;

    /// <summary>Octets of a product, and of a hash that is to be reduced.</summary>
    public const int WideSize = 64;

    private const int Limbs = 4;

    private static ReadOnlySpan<ulong> Order => [0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000];

    /// <summary>True for a number below L: RFC 8032 5.1.7 wants it so of a signature, or another could be made of it.</summary>
    public static bool IsReduced(ReadOnlySpan<byte> scalar)
    {
        Span<ulong> limbs = stackalloc ulong[Limbs];
        Read(scalar, limbs);
        return Subtract(limbs, Order, stackalloc ulong[Limbs]) == 1;
    }

    /// <summary>The remainder of 64 octets, least significant first.</summary>
    public static void Reduce(ReadOnlySpan<byte> wide, Span<byte> result)
    {
        Span<ulong> limbs = stackalloc ulong[2 * Limbs];
        Read(wide, limbs);
        Reduce(limbs, result);
    }

    /// <summary>The remainder of a * b + c.</summary>
    public static void MultiplyAdd(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, Span<byte> result)
    {
        Span<ulong> left = stackalloc ulong[Limbs];
        Span<ulong> right = stackalloc ulong[Limbs];
        Span<ulong> sum = stackalloc ulong[2 * Limbs];
        Read(a, left);
        Read(b, right);
        Read(c, sum[..Limbs]);
        sum[Limbs..].Clear();
        for (var i = 0; i < Limbs; i++)
        {
            UInt128 carry = 0;
            for (var j = 0; j < Limbs; j++)
            {
                carry += Math.BigMul(left[i], right[j]) + sum[i + j]; // at most 2^128 - 1
                sum[i + j] = (ulong)carry;
                carry >>= 64;
            }
            for (var j = i + Limbs; j < 2 * Limbs; j++)
            {
                carry += sum[j];
                sum[j] = (ulong)carry;
                carry >>= 64;
            }
        }
        Reduce(sum, result);
        left.Clear();
        right.Clear();
        sum.Clear();
    }

    // Bit by bit from the top: double, add the bit, and take L away if it goes. Slow beside other ways, and nothing beside the curve.
    private static void Reduce(Span<ulong> wide, Span<byte> result)
    {
        Span<ulong> remainder = stackalloc ulong[Limbs];
        Span<ulong> less = stackalloc ulong[Limbs];
        remainder.Clear();
        for (var i = 64 * wide.Length - 1; i >= 0; i--)
        {
            var bit = wide[i >> 6] >> (i & 63) & 1;
            for (var j = 0; j < Limbs; j++)
            {
                var next = remainder[j] >> 63;
                remainder[j] = remainder[j] << 1 | bit;
                bit = next;
            }
            var keep = 0UL - Subtract(remainder, Order, less); // all ones if L was more
            for (var j = 0; j < Limbs; j++)
                remainder[j] = (remainder[j] & keep) | (less[j] & ~keep);
        }
        for (var j = 0; j < Limbs; j++)
            BinaryPrimitives.WriteUInt64LittleEndian(result[(8 * j)..], remainder[j]);
        remainder.Clear();
        less.Clear();
    }

    // Returns the borrow: 1 if b is more than a.
    private static ulong Subtract(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> difference)
    {
        ulong borrow = 0;
        for (var i = 0; i < Limbs; i++)
        {
            var wide = (UInt128)a[i] - b[i] - borrow;
            difference[i] = (ulong)wide;
            borrow = (ulong)(wide >> 64) & 1;
        }
        return borrow;
    }

    private static void Read(ReadOnlySpan<byte> octets, Span<ulong> limbs)
    {
        for (var i = 0; i < limbs.Length; i++)
            limbs[i] = BinaryPrimitives.ReadUInt64LittleEndian(octets[(8 * i)..]);
    }
}
