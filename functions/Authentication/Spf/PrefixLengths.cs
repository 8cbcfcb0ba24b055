// How near to a host's addresses a client has to be.
using System.Net;
using System.Net.Sockets;

namespace MailFunctions.Authentication.Spf;

/// <summary>The lengths of the prefixes in which addresses have to agree (RFC 7208 5.3: dual-cidr-length).</summary>
internal readonly record struct PrefixLengths(int V4, int V6)
{
    /// <summary>Addresses have to be the same.</summary>
    public static PrefixLengths Whole => new(MaxV4, MaxV6);

    /// <summary>Bits of an IPv4 address.</summary>
    public const int MaxV4 = 32;

    /// <summary>Bits of an IPv6 address.</summary>
    public const int MaxV6 = 128;

    /// <summary>True if two addresses are of one family and agree.</summary>
    public bool Agree(IPAddress one, IPAddress other) => Agree(one, other, one.AddressFamily == AddressFamily.InterNetwork ? V4 : V6);

    /// <summary>True if two addresses are of one family and agree in their first bits.</summary>
    public static bool Agree(IPAddress one, IPAddress other, int bits)
    {
        if (one.AddressFamily != other.AddressFamily)
            return false;
        Span<byte> first = stackalloc byte[16];
        Span<byte> second = stackalloc byte[16];
        one.TryWriteBytes(first, out _);
        other.TryWriteBytes(second, out _);
        var octets = bits / 8;
        if (!first[..octets].SequenceEqual(second[..octets]))
            return false;
        return bits % 8 == 0 || (first[octets] ^ second[octets]) >> (8 - bits % 8) == 0;
    }

    /// <summary>
    /// Takes the lengths off the end of a term: <c>/24</c>, <c>//64</c> or <c>/24//64</c>. What stands before them is left, which may have slashes of
    /// its own: a domain-spec may.
    /// </summary>
    /// <returns>False if a length is out of its range.</returns>
    public static bool TryTakeOff(ref ReadOnlySpan<char> text, out PrefixLengths lengths)
    {
        lengths = Whole;
        var slash = LastLength(text);
        if (slash > 0 && text[slash - 1] == '/')
        {
            if (!TryRead(text[(slash + 1)..], MaxV6, out var v6))
                return false;
            lengths = lengths with { V6 = v6 };
            text = text[..(slash - 1)];
            slash = LastLength(text);
        }
        if (slash < 0)
            return true;
        if (!TryRead(text[(slash + 1)..], MaxV4, out var v4))
            return false;
        lengths = lengths with { V4 = v4 };
        text = text[..slash];
        return true;
    }

    /// <summary>Reads a length: no zero leads (RFC 7208 5.6).</summary>
    public static bool TryRead(ReadOnlySpan<char> digits, int max, out int length)
    {
        length = 0;
        if (digits.Length is 0 or > 3 || (digits[0] == '0' && digits.Length > 1))
            return false;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit))
                return false;
            length = length * 10 + digit - '0';
        }
        return length <= max;
    }

    // Where the slash of a length at the end stands; -1 if none does.
    private static int LastLength(ReadOnlySpan<char> text)
    {
        var slash = text.LastIndexOf('/');
        return slash >= 0 && slash + 1 < text.Length && !text[(slash + 1)..].ContainsAnyExceptInRange('0', '9') ? slash : -1;
    }
}
