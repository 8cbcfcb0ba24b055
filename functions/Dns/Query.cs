// One question as it goes over the wire, and the test whether a message answers it.
using System.Buffers.Binary;

namespace MailFunctions.Dns;

/// <summary>
/// A question to a recursive server (RFC 1035 4.1), with an id and a mixture of upper and lower case that nobody can guess who has not seen it (RFC
/// 5452 9.2; draft-vixie-dnsext-dns0x20).
/// </summary>
public sealed class Query
{
    /// <summary>The largest answer over UDP that is asked for, in octets: what crosses every network in one piece (DNS flag day 2020).</summary>
    public const int UdpPayload = 1232;

    internal const int HeaderLength = 12;
    private const int MaxLength = HeaderLength + DnsName.MaxOctets + 4 + OptLength;
    private const int OptLength = 11;
    private const ushort Internet = 1;
    private const ushort RecursionDesired = 0x0100;
    private const ushort AuthenticData = 0x0020; // RFC 6840 5.7: set in a question, it asks for the bit in the answer

    private readonly byte[] _octets;
    private readonly int _questionLength;

    private Query(DnsName name, RecordType type, Action<Span<byte>> random, bool hasEdns)
    {
        Name = name;
        Type = type;
        HasEdns = hasEdns;
        Span<byte> message = stackalloc byte[MaxLength];
        message.Clear();
        random(message[..2]);
        Id = BinaryPrimitives.ReadUInt16BigEndian(message);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], RecursionDesired | AuthenticData);
        message[5] = 1; // QDCOUNT
        message[11] = hasEdns ? (byte)1 : (byte)0; // ARCOUNT
        var question = message[HeaderLength..];
        var length = name.Write(question);
        MixCase(question[..length], random);
        BinaryPrimitives.WriteUInt16BigEndian(question[length..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(question[(length + 2)..], Internet);
        _questionLength = length + 4;
        length = HeaderLength + _questionLength;
        if (hasEdns)
        {
            // RFC 6891 6.1.2: the root, the type, the largest answer, and zeros for version 0, no flags and no options.
            BinaryPrimitives.WriteUInt16BigEndian(message[(length + 1)..], (ushort)RecordType.Opt);
            BinaryPrimitives.WriteUInt16BigEndian(message[(length + 3)..], UdpPayload);
            length += OptLength;
        }
        _octets = message[..length].ToArray();
    }

    /// <summary>What ties an answer to this question, with the question itself.</summary>
    public ushort Id { get; }

    /// <summary>The name that is asked for.</summary>
    public DnsName Name { get; }

    /// <summary>The type that is asked for.</summary>
    public RecordType Type { get; }

    /// <summary>Whether it says that we understand EDNS(0) (RFC 6891).</summary>
    public bool HasEdns { get; }

    /// <summary>The message.</summary>
    public ReadOnlyMemory<byte> Octets => _octets;

    /// <summary>A question that asks for EDNS(0), as most servers understand it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="type">The type.</param>
    /// <param name="random">Fills its argument with octets that cannot be guessed.</param>
    public static Query WithEdns(DnsName name, RecordType type, Action<Span<byte>> random) => new(name, type, random, hasEdns: true);

    /// <summary>A question in the words of RFC 1035 alone, for servers that do not understand EDNS.</summary>
    /// <inheritdoc cref="WithEdns"/>
    public static Query WithoutEdns(DnsName name, RecordType type, Action<Span<byte>> random) => new(name, type, random, hasEdns: false);

    /// <summary>Whether a message is a response to this question, by what stands at its beginning; what follows has not been looked at.</summary>
    internal Echo Compare(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderLength
            || BinaryPrimitives.ReadUInt16BigEndian(message) != Id
            || (message[2] & 0xf8) != 0x80) // QR set, OPCODE 0
            return Echo.None;
        var questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        // A server that could not read the question cannot repeat it.
        if (questions == 0 && (ResponseCode)(message[3] & 0x0f) is ResponseCode.FormatError or ResponseCode.NotImplemented)
            return Echo.Exact;
        if (questions != 1 || message.Length < HeaderLength + _questionLength)
            return Echo.None;
        var asked = _octets.AsSpan(HeaderLength, _questionLength);
        var echoed = message.Slice(HeaderLength, _questionLength);
        if (asked.SequenceEqual(echoed))
            return Echo.Exact;
        return asked[^4..].SequenceEqual(echoed[^4..]) && IsSameName(asked[..^4], echoed[..^4]) ? Echo.OtherCase : Echo.None;
    }

    // Lengths of labels are no letters, so all octets of the names may be compared alike.
    private static bool IsSameName(ReadOnlySpan<byte> asked, ReadOnlySpan<byte> echoed)
    {
        for (var i = 0; i < asked.Length; i++)
        {
            if (asked[i] != echoed[i] && !((asked[i] ^ echoed[i]) == 0x20 && char.IsAsciiLetter((char)asked[i])))
                return false;
        }
        return true;
    }

    private static void MixCase(Span<byte> name, Action<Span<byte>> random)
    {
        Span<byte> bits = stackalloc byte[(DnsName.MaxOctets + 7) / 8];
        random(bits);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsAsciiLetterLower((char)name[i]) && (bits[i / 8] >> (i % 8) & 1) != 0)
                name[i] ^= 0x20;
        }
    }
}
