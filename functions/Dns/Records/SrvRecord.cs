// SRV: where a service of a domain is (RFC 2782).
namespace MailFunctions.Dns.Records;

/// <summary>A host and port of a service.</summary>
/// <param name="Priority">The lower, the more wanted.</param>
/// <param name="Weight">The share among equals.</param>
/// <param name="Port">The port.</param>
/// <param name="Target">The host; the root if the service is not offered.</param>
public sealed record SrvRecord(ushort Priority, ushort Weight, ushort Port, DnsName Target) : IRecord<SrvRecord>
{
    /// <inheritdoc/>
    public static RecordType Type => RecordType.Srv;

    static SrvRecord? IRecord<SrvRecord>.Read(ref DataReader reader) =>
        reader.TryReadUInt16(out var priority) && reader.TryReadUInt16(out var weight) && reader.TryReadUInt16(out var port)
        && reader.TryReadName(out var target)
            ? new SrvRecord(priority, weight, port, target)
            : null;

    static int IRecord<SrvRecord>.Rank(SrvRecord record) => record.Priority;
}
