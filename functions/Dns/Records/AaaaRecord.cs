// AAAA: an IPv6 address (RFC 3596 2.2).
using System.Net;

namespace MailFunctions.Dns.Records;

/// <summary>An IPv6 address of a host. It may be any, an IPv4 address in disguise too: whoever dials it checks that it may be dialled.</summary>
public sealed record AaaaRecord(IPAddress Address) : IRecord<AaaaRecord>
{
    private const int Octets = 16;

    /// <inheritdoc/>
    public static RecordType Type => RecordType.Aaaa;

    static AaaaRecord? IRecord<AaaaRecord>.Read(ref DataReader reader) =>
        reader.ReadRest() is { Length: Octets } octets ? new AaaaRecord(new IPAddress(octets)) : null;
}
