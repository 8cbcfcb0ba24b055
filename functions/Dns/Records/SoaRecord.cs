// SOA: the start of a zone, which tells how long "nothing there" holds (RFC 1035 3.3.13, RFC 2308 4).
namespace MailFunctions.Dns.Records;

/// <summary>Of the start of a zone, the one field that a resolver needs.</summary>
/// <param name="Minimum">Seconds that a negative answer holds.</param>
internal sealed record SoaRecord(uint Minimum) : IRecord<SoaRecord>
{
    public static RecordType Type => RecordType.Soa;

    static SoaRecord? IRecord<SoaRecord>.Read(ref DataReader reader)
    {
        if (!reader.TryReadName(out _) || !reader.TryReadName(out _))
            return null;
        // SERIAL, REFRESH, RETRY, EXPIRE, MINIMUM
        uint value = 0;
        for (var field = 0; field < 5; field++)
        {
            if (!reader.TryReadUInt32(out value))
                return null;
        }
        return new SoaRecord(value);
    }
}
