// Points of edwards25519 and their addition.
namespace MailFunctions.Authentication.Ed25519;

/// <summary>
/// A point in extended coordinates: x = X/Z, y = Y/Z, xy = T/Z (RFC 8032 5.1.4). The formulas hold for all points, so there are no cases to tell apart.
/// </summary>
internal readonly struct EdwardsPoint
{
    // d = -121665/121666 and the square root of -1, least significant octet first (RFC 8032 5.1).
    private static readonly FieldElement D = FieldElement.Read(Convert.FromHexString("a3785913ca4deb75abd841414d0a700098e879777940c78c73fe6f2bee6c0352"));
    private static readonly FieldElement TwiceD = D + D;
    private static readonly FieldElement RootOfMinusOne =
        FieldElement.Read(Convert.FromHexString("b0a00e4a271beec478e42fad0618432fa7d7fb3d99004d2b0bdfc14f8024832b"));

    private readonly FieldElement _x;
    private readonly FieldElement _y;
    private readonly FieldElement _z;
    private readonly FieldElement _t;

    private EdwardsPoint(FieldElement x, FieldElement y, FieldElement z, FieldElement t) => (_x, _y, _z, _t) = (x, y, z, t);

    /// <summary>The generator B of RFC 8032 5.1: y = 4/5, x even.</summary>
    public static EdwardsPoint Base { get; } =
        TryRead(Convert.FromHexString("5866666666666666666666666666666666666666666666666666666666666666"), out var point)
            ? point
            : throw new InvalidOperationException("The base point is not on the curve.");

    private static EdwardsPoint Neutral => new(FieldElement.Zero, FieldElement.One, FieldElement.One, FieldElement.Zero);

    /// <summary>Reads 32 octets: y, and the sign of x in the top bit (RFC 8032 5.1.3).</summary>
    /// <returns>False for what is no point, or not the one spelling of its point.</returns>
    public static bool TryRead(ReadOnlySpan<byte> octets, out EdwardsPoint point)
    {
        point = default;
        var y = FieldElement.Read(octets);
        Span<byte> spelling = stackalloc byte[FieldElement.Size];
        y.Write(spelling);
        var sign = octets[^1] >> 7;
        spelling[^1] |= (byte)(sign << 7);
        if (!spelling.SequenceEqual(octets))
            return false;
        var square = y.Square();
        var u = square - FieldElement.One;
        var v = D * square + FieldElement.One;
        var v3 = v.Square() * v;
        var x = u * v3 * (u * v3.Square() * v).PowerForRoot();
        var check = v * x.Square();
        if (FieldElement.AreEqual(check, -u))
            x *= RootOfMinusOne;
        else if (!FieldElement.AreEqual(check, u))
            return false;
        if (FieldElement.AreEqual(x, FieldElement.Zero) && sign == 1)
            return false;
        if (x.Sign() != sign)
            x = -x;
        point = new EdwardsPoint(x, y, FieldElement.One, x * y);
        return true;
    }

    /// <summary>Writes the one spelling of the point (RFC 8032 5.1.2).</summary>
    public void Write(Span<byte> octets)
    {
        var inverse = _z.Invert();
        (_y * inverse).Write(octets);
        octets[FieldElement.Size - 1] |= (byte)((_x * inverse).Sign() << 7);
    }

    /// <summary>The sum.</summary>
    public static EdwardsPoint operator +(EdwardsPoint p, EdwardsPoint q)
    {
        var a = (p._y - p._x) * (q._y - q._x);
        var b = (p._y + p._x) * (q._y + q._x);
        var c = p._t * TwiceD * q._t;
        var d = p._z * q._z;
        d += d;
        var (e, f, g, h) = (b - a, d - c, d + c, b + a);
        return new EdwardsPoint(e * f, g * h, f * g, e * h);
    }

    /// <summary>The point mirrored: p + -p is neutral.</summary>
    public static EdwardsPoint operator -(EdwardsPoint p) => new(-p._x, p._y, p._z, -p._t);

    /// <summary>The point as often as a secret says: the same operations for every number.</summary>
    /// <param name="point">Which point.</param>
    /// <param name="scalar">32 octets, least significant first.</param>
    public static EdwardsPoint Multiply(EdwardsPoint point, ReadOnlySpan<byte> scalar)
    {
        var sum = Neutral;
        for (var i = 255; i >= 0; i--)
        {
            sum = sum.Double();
            sum = Select(Bit(scalar, i), sum, sum + point);
        }
        return sum;
    }

    /// <summary>The sum of two products, of numbers that are no secret.</summary>
    public static EdwardsPoint MultiplyPublic(EdwardsPoint p, ReadOnlySpan<byte> scalarOfP, EdwardsPoint q, ReadOnlySpan<byte> scalarOfQ)
    {
        var both = p + q;
        var sum = Neutral;
        for (var i = 255; i >= 0; i--)
        {
            sum = sum.Double();
            sum = (Bit(scalarOfP, i), Bit(scalarOfQ, i)) switch
            {
                (1, 1) => sum + both,
                (1, _) => sum + p,
                (_, 1) => sum + q,
                _ => sum,
            };
        }
        return sum;
    }

    private EdwardsPoint Double()
    {
        var a = _x.Square();
        var b = _y.Square();
        var c = _z.Square();
        c += c;
        var h = a + b;
        var e = h - (_x + _y).Square();
        var g = a - b;
        var f = c + g;
        return new EdwardsPoint(e * f, g * h, f * g, e * h);
    }

    private static int Bit(ReadOnlySpan<byte> scalar, int index) => scalar[index >> 3] >> (index & 7) & 1;

    private static EdwardsPoint Select(int bit, EdwardsPoint zero, EdwardsPoint one) => new(
        FieldElement.Select(bit, zero._x, one._x),
        FieldElement.Select(bit, zero._y, one._y),
        FieldElement.Select(bit, zero._z, one._z),
        FieldElement.Select(bit, zero._t, one._t));
}
