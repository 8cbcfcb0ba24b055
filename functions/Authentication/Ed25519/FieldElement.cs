// Arithmetic modulo 2^255 - 19, the field under Ed25519.
using System.Buffers.Binary;

namespace MailFunctions.Authentication.Ed25519;

/// <summary>
/// A number modulo 2^255 - 19 in five limbs of 51 bits. No operation branches on a value or looks up by one, so that time tells nothing of secrets.
/// </summary>
/// <remarks>Limbs of every result are below 2^52, which is what multiplication can take without overflow.</remarks>
internal readonly struct FieldElement
{
    /// <summary>Octets of a number.</summary>
    public const int Size = 32;

    private const ulong Mask = (1UL << 51) - 1;

    // Twice the prime, in limbs: added before a subtraction so that no limb goes below zero.
    private const ulong TwiceP0 = 0xFFFFFFFFFFFDA;
    private const ulong TwiceP = 0xFFFFFFFFFFFFE;

    private readonly ulong _0;
    private readonly ulong _1;
    private readonly ulong _2;
    private readonly ulong _3;
    private readonly ulong _4;

    private FieldElement(ulong limb0, ulong limb1, ulong limb2, ulong limb3, ulong limb4) =>
        (_0, _1, _2, _3, _4) = (limb0, limb1, limb2, limb3, limb4);

    /// <summary>0.</summary>
    public static FieldElement Zero => default;

    /// <summary>1.</summary>
    public static FieldElement One => new(1, 0, 0, 0, 0);

    /// <summary>Reads 255 bits, least significant octet first; the top bit is not looked at.</summary>
    public static FieldElement Read(ReadOnlySpan<byte> octets)
    {
        var a = BinaryPrimitives.ReadUInt64LittleEndian(octets);
        var b = BinaryPrimitives.ReadUInt64LittleEndian(octets[8..]);
        var c = BinaryPrimitives.ReadUInt64LittleEndian(octets[16..]);
        var d = BinaryPrimitives.ReadUInt64LittleEndian(octets[24..]);
        return new FieldElement(a & Mask, (a >> 51 | b << 13) & Mask, (b >> 38 | c << 26) & Mask, (c >> 25 | d << 39) & Mask, d >> 12 & Mask);
    }

    /// <summary>Writes the one number below the prime that this is.</summary>
    public void Write(Span<byte> octets)
    {
        var reduced = Carry(_0, _1, _2, _3, _4);
        // The carry out of value + 19 tells whether the value is the prime or more.
        var quotient = (reduced._0 + 19) >> 51;
        quotient = (reduced._1 + quotient) >> 51;
        quotient = (reduced._2 + quotient) >> 51;
        quotient = (reduced._3 + quotient) >> 51;
        quotient = (reduced._4 + quotient) >> 51;
        var limb0 = reduced._0 + 19 * quotient;
        var limb1 = reduced._1 + (limb0 >> 51);
        var limb2 = reduced._2 + (limb1 >> 51);
        var limb3 = reduced._3 + (limb2 >> 51);
        var limb4 = reduced._4 + (limb3 >> 51);
        (limb0, limb1, limb2, limb3, limb4) = (limb0 & Mask, limb1 & Mask, limb2 & Mask, limb3 & Mask, limb4 & Mask);
        BinaryPrimitives.WriteUInt64LittleEndian(octets, limb0 | limb1 << 51);
        BinaryPrimitives.WriteUInt64LittleEndian(octets[8..], limb1 >> 13 | limb2 << 38);
        BinaryPrimitives.WriteUInt64LittleEndian(octets[16..], limb2 >> 26 | limb3 << 25);
        BinaryPrimitives.WriteUInt64LittleEndian(octets[24..], limb3 >> 39 | limb4 << 12);
    }

    /// <summary>The sum.</summary>
    public static FieldElement operator +(FieldElement a, FieldElement b) => Carry(a._0 + b._0, a._1 + b._1, a._2 + b._2, a._3 + b._3, a._4 + b._4);

    /// <summary>The difference.</summary>
    public static FieldElement operator -(FieldElement a, FieldElement b) =>
        // Four times the prime: a limb of b may be a little over 51 bits.
        Carry(a._0 + 2 * TwiceP0 - b._0, a._1 + 2 * TwiceP - b._1, a._2 + 2 * TwiceP - b._2, a._3 + 2 * TwiceP - b._3, a._4 + 2 * TwiceP - b._4);

    /// <summary>The number with its sign turned.</summary>
    public static FieldElement operator -(FieldElement a) => Zero - a;

    /// <summary>The product.</summary>
    public static FieldElement operator *(FieldElement a, FieldElement b)
    {
        // What goes over 2^255 comes back 19 times, since 2^255 = 19.
        var b1 = 19 * b._1;
        var b2 = 19 * b._2;
        var b3 = 19 * b._3;
        var b4 = 19 * b._4;
        return Carry(
            Math.BigMul(a._0, b._0) + Math.BigMul(a._1, b4) + Math.BigMul(a._2, b3) + Math.BigMul(a._3, b2) + Math.BigMul(a._4, b1),
            Math.BigMul(a._0, b._1) + Math.BigMul(a._1, b._0) + Math.BigMul(a._2, b4) + Math.BigMul(a._3, b3) + Math.BigMul(a._4, b2),
            Math.BigMul(a._0, b._2) + Math.BigMul(a._1, b._1) + Math.BigMul(a._2, b._0) + Math.BigMul(a._3, b4) + Math.BigMul(a._4, b3),
            Math.BigMul(a._0, b._3) + Math.BigMul(a._1, b._2) + Math.BigMul(a._2, b._1) + Math.BigMul(a._3, b._0) + Math.BigMul(a._4, b4),
            Math.BigMul(a._0, b._4) + Math.BigMul(a._1, b._3) + Math.BigMul(a._2, b._2) + Math.BigMul(a._3, b._1) + Math.BigMul(a._4, b._0));
    }

    /// <summary>The number squared.</summary>
    public FieldElement Square() => this * this;

    /// <summary>1 divided by the number; 0 for 0.</summary>
    public FieldElement Invert()
    {
        // Fermat: the power of p - 2 = 2^255 - 21 = (2^250 - 1) * 2^5 + 11.
        var (power250, power11) = PowerOf250Ones();
        return power250.Square(5) * power11;
    }

    /// <summary>The power of (p - 5) / 8 = 2^252 - 3, from which square roots are made (RFC 8032 5.1.3).</summary>
    public FieldElement PowerForRoot()
    {
        var (power250, _) = PowerOf250Ones();
        return power250.Square(2) * this;
    }

    /// <summary>The lowest bit of the number below the prime: its sign, as RFC 8032 5.1.2 has it.</summary>
    public int Sign()
    {
        Span<byte> octets = stackalloc byte[Size];
        Write(octets);
        return octets[0] & 1;
    }

    /// <summary>True for equal numbers. For values that are no secret.</summary>
    public static bool AreEqual(FieldElement a, FieldElement b)
    {
        Span<byte> left = stackalloc byte[Size];
        Span<byte> right = stackalloc byte[Size];
        a.Write(left);
        b.Write(right);
        return left.SequenceEqual(right);
    }

    /// <summary>Chooses without a branch.</summary>
    /// <param name="bit">1 for <paramref name="one"/>, 0 for <paramref name="zero"/>.</param>
    /// <param name="zero">Chosen for 0.</param>
    /// <param name="one">Chosen for 1.</param>
    public static FieldElement Select(int bit, FieldElement zero, FieldElement one)
    {
        var mask = 0UL - (ulong)bit;
        return new FieldElement(
            zero._0 ^ (mask & (zero._0 ^ one._0)),
            zero._1 ^ (mask & (zero._1 ^ one._1)),
            zero._2 ^ (mask & (zero._2 ^ one._2)),
            zero._3 ^ (mask & (zero._3 ^ one._3)),
            zero._4 ^ (mask & (zero._4 ^ one._4)));
    }

    private FieldElement Square(int times)
    {
        var power = this;
        for (var i = 0; i < times; i++)
            power = power.Square();
        return power;
    }

    // The powers of 2^250 - 1 and of 11, by a chain of exponents with all their bits set.
    private (FieldElement Power250, FieldElement Power11) PowerOf250Ones()
    {
        var power2 = Square();
        var power9 = power2.Square(2) * this;
        var power11 = power9 * power2;
        var ones5 = power11.Square() * power9;
        var ones10 = ones5.Square(5) * ones5;
        var ones20 = ones10.Square(10) * ones10;
        var ones40 = ones20.Square(20) * ones20;
        var ones50 = ones40.Square(10) * ones10;
        var ones100 = ones50.Square(50) * ones50;
        var ones200 = ones100.Square(100) * ones100;
        return (ones200.Square(50) * ones50, power11);
    }

    private static FieldElement Carry(ulong limb0, ulong limb1, ulong limb2, ulong limb3, ulong limb4) => new(
        (limb0 & Mask) + 19 * (limb4 >> 51),
        (limb1 & Mask) + (limb0 >> 51),
        (limb2 & Mask) + (limb1 >> 51),
        (limb3 & Mask) + (limb2 >> 51),
        (limb4 & Mask) + (limb3 >> 51));

    private static FieldElement Carry(UInt128 limb0, UInt128 limb1, UInt128 limb2, UInt128 limb3, UInt128 limb4)
    {
        limb1 += (ulong)(limb0 >> 51);
        limb2 += (ulong)(limb1 >> 51);
        limb3 += (ulong)(limb2 >> 51);
        limb4 += (ulong)(limb3 >> 51);
        return Carry(
            ((ulong)limb0 & Mask) + 19 * (ulong)(limb4 >> 51), (ulong)limb1 & Mask, (ulong)limb2 & Mask, (ulong)limb3 & Mask, (ulong)limb4 & Mask);
    }
}
