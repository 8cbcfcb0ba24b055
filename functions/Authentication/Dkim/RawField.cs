// A header field as it came.
using System.Text;

namespace MailFunctions.Authentication.Dkim;

/// <summary>A header field with its folding, its octets ending in CR LF.</summary>
internal sealed class RawField
{
    private readonly int _colon;

    /// <summary>Makes a field of its octets.</summary>
    public RawField(ReadOnlyMemory<byte> octets)
    {
        Octets = octets;
        _colon = octets.Span.IndexOf((byte)':');
        // RFC 5322 4.5 still allows space between a field's name and its colon; who displays such a field takes it for what it says.
        Name = _colon <= 0 ? "" : Encoding.Latin1.GetString(octets.Span[.._colon]).TrimEnd(' ', '\t').ToLowerInvariant();
    }

    /// <summary>The octets.</summary>
    public ReadOnlyMemory<byte> Octets { get; }

    /// <summary>The name in lower case; empty for a line that is no field.</summary>
    public string Name { get; }

    /// <summary>Where the value begins in the octets.</summary>
    public int ValueStart => _colon + 1;

    /// <summary>What stands behind the colon, without the line break at its end.</summary>
    public ReadOnlyMemory<byte> Value => Octets[ValueStart..^2];

    /// <summary>The field with part of its value taken out, as a signature is signed without the signature in it.</summary>
    /// <param name="place">Which part of <see cref="Value"/>.</param>
    public RawField Without(Range place)
    {
        var (start, length) = place.GetOffsetAndLength(Value.Length);
        return new RawField((byte[])[.. Octets.Span[..(ValueStart + start)], .. Octets.Span[(ValueStart + start + length)..]]);
    }
}
