// Where a record stands in a message.
namespace MailFunctions.Dns;

/// <summary>A record, its data not yet read.</summary>
/// <param name="Owner">The name it stands at.</param>
/// <param name="Type">Its type.</param>
/// <param name="Class">Its class; 1 is the Internet.</param>
/// <param name="Ttl">Its time to live as it stands there; of an OPT record it is no time.</param>
/// <param name="DataStart">Where its data begin.</param>
/// <param name="DataLength">Octets of data.</param>
internal readonly record struct ResourceRecord(DnsName Owner, RecordType Type, ushort Class, uint Ttl, int DataStart, int DataLength)
{
    private const uint MaxTtl = 24 * 60 * 60;
    private const uint TopBit = 0x8000_0000;

    /// <summary>How long the record holds: at most a day, and not at all if the top bit is set (RFC 2181 8).</summary>
    public TimeSpan Lifetime => TimeSpan.FromSeconds(Ttl >= TopBit ? 0 : Math.Min(Ttl, MaxTtl));

    /// <summary>Whether this is a record of the Internet of the given type at the given name.</summary>
    public bool Is(RecordType type, DnsName owner) => Type == type && Class == 1 && Owner == owner;
}
