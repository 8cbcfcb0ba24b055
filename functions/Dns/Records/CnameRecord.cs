// CNAME: the name is an alias for another (RFC 1035 3.3.1).
namespace MailFunctions.Dns.Records;

/// <summary>An alias. Questions for other types follow it; a question for this type does not.</summary>
public sealed record CnameRecord(DnsName Target) : IRecord<CnameRecord>
{
    /// <inheritdoc/>
    public static RecordType Type => RecordType.Cname;

    static CnameRecord? IRecord<CnameRecord>.Read(ref DataReader reader) => reader.TryReadName(out var target) ? new CnameRecord(target) : null;
}
