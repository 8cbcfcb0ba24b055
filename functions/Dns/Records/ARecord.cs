// A: an IPv4 address (RFC 1035 3.4.1).
using System.Net;

namespace MailFunctions.Dns.Records;

/// <summary>An IPv4 address of a host. It may be any: whoever dials it checks that it may be dialled.</summary>
public sealed record ARecord(IPAddress Address) : IRecord<ARecord>
{
    private const int Octets = 4;

    /// <inheritdoc/>
    public static RecordType Type => RecordType.A;

    static ARecord? IRecord<ARecord>.Read(ref DataReader reader) =>
        reader.ReadRest() is { Length: Octets } octets ? new ARecord(new IPAddress(octets)) : null;
}
