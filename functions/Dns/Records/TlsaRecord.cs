// TLSA: what to expect of a server's certificate (RFC 6698 2.1).
namespace MailFunctions.Dns.Records;

/// <summary>
/// A certificate association. Of any use only in an authenticated answer (RFC 7672 2.2). Fields of unknown values occur and are kept.
/// </summary>
/// <param name="Usage">Certificate usage; for mail 2 (DANE-TA) and 3 (DANE-EE) (RFC 7672 3.1).</param>
/// <param name="Selector">0: the whole certificate, 1: its public key.</param>
/// <param name="MatchingType">0: as it is, 1: SHA-256, 2: SHA-512.</param>
/// <param name="Association">The octets to match.</param>
public sealed record TlsaRecord(byte Usage, byte Selector, byte MatchingType, ReadOnlyMemory<byte> Association) : IRecord<TlsaRecord>
{
    /// <inheritdoc/>
    public static RecordType Type => RecordType.Tlsa;

    static TlsaRecord? IRecord<TlsaRecord>.Read(ref DataReader reader) =>
        reader.TryReadByte(out var usage) && reader.TryReadByte(out var selector) && reader.TryReadByte(out var matchingType)
            ? new TlsaRecord(usage, selector, matchingType, reader.ReadRest().ToArray())
            : null;

    /// <inheritdoc/>
    public bool Equals(TlsaRecord? other) =>
        other is not null && (Usage, Selector, MatchingType) == (other.Usage, other.Selector, other.MatchingType)
        && Association.Span.SequenceEqual(other.Association.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add((Usage, Selector, MatchingType));
        hash.AddBytes(Association.Span);
        return hash.ToHashCode();
    }
}
