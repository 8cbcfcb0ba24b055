// PTR: the name of an address (RFC 1035 3.3.12).
namespace MailFunctions.Dns.Records;

/// <summary>A name that the owner of an address gives it; true only if the name's addresses say so too.</summary>
public sealed record PtrRecord(DnsName Name) : IRecord<PtrRecord>
{
    /// <inheritdoc/>
    public static RecordType Type => RecordType.Ptr;

    static PtrRecord? IRecord<PtrRecord>.Read(ref DataReader reader) => reader.TryReadName(out var name) ? new PtrRecord(name) : null;
}
