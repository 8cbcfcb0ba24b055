// TXT: octets that mean something to whoever asks, such as SPF, DKIM and DMARC (RFC 1035 3.3.14).
using System.Text;

namespace MailFunctions.Dns.Records;

/// <summary>
/// Text. Its strings are joined with nothing between them, as SPF (RFC 7208 3.3) and DKIM (RFC 6376 3.6.2.2) want it, and every octet is kept.
/// </summary>
public sealed record TxtRecord(ReadOnlyMemory<byte> Octets) : IRecord<TxtRecord>
{
    /// <summary>A record of ASCII text.</summary>
    public TxtRecord(string text)
        : this(Encoding.Latin1.GetBytes(text))
    {
    }

    /// <inheritdoc/>
    public static RecordType Type => RecordType.Txt;

    /// <summary>The octets as text, a character for each (Latin-1), so that what is not ASCII never becomes ASCII.</summary>
    public string Text => Encoding.Latin1.GetString(Octets.Span);

    static TxtRecord? IRecord<TxtRecord>.Read(ref DataReader reader)
    {
        // RFC 1035 3.3.14: one or more strings.
        if (reader.IsAtEnd)
            return null;
        var measured = reader;
        var length = 0;
        while (!measured.IsAtEnd)
        {
            if (!measured.TryReadString(out var part))
                return null;
            length += part.Length;
        }
        var octets = new byte[length];
        var written = 0;
        while (reader.TryReadString(out var part))
        {
            part.CopyTo(octets.AsSpan(written));
            written += part.Length;
        }
        return new TxtRecord(octets);
    }

    /// <inheritdoc/>
    public bool Equals(TxtRecord? other) => other is not null && Octets.Span.SequenceEqual(other.Octets.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Octets.Span);
        return hash.ToHashCode();
    }
}
