// MX: a host that takes a domain's mail (RFC 1035 3.3.9).
namespace MailFunctions.Dns.Records;

/// <summary>A mail exchange.</summary>
/// <param name="Preference">The lower, the more wanted (RFC 5321 5.1).</param>
/// <param name="Exchange">The host; the root if the domain takes no mail (RFC 7505).</param>
public sealed record MxRecord(ushort Preference, DnsName Exchange) : IRecord<MxRecord>
{
    /// <inheritdoc/>
    public static RecordType Type => RecordType.Mx;

    static MxRecord? IRecord<MxRecord>.Read(ref DataReader reader) =>
        reader.TryReadUInt16(out var preference) && reader.TryReadName(out var exchange) ? new MxRecord(preference, exchange) : null;

    static int IRecord<MxRecord>.Rank(MxRecord record) => record.Preference;
}
