// The header of a message or part: its octets as they came, and where its fields are in them.
using System.Text;

namespace MailFunctions.Mime.Fields;

/// <summary>A header as it stood in the message. Names and values are read of the octets when they are asked for.</summary>
public sealed class HeaderBlock
{
    private readonly ReadOnlyMemory<byte> _octets;
    private readonly FieldPlace[] _places;

    internal HeaderBlock(ReadOnlyMemory<byte> octets, FieldPlace[] places)
    {
        _octets = octets;
        _places = places;
    }

    /// <summary>A header without fields.</summary>
    public static HeaderBlock Empty { get; } = new(default, []);

    /// <summary>The octets of the fields that were kept, without the empty line behind them.</summary>
    public ReadOnlyMemory<byte> Octets => _octets;

    /// <summary>How many fields it has.</summary>
    public int Count => _places.Length;

    /// <summary>A field, from the top.</summary>
    public HeaderField this[int index]
    {
        get
        {
            var place = _places[index];
            return new HeaderField(_octets.Slice(place.Start, place.Length), place.NameLength, place.ColonAt);
        }
    }

    /// <summary>The fields, from the top.</summary>
    public IEnumerable<HeaderField> Fields
    {
        get
        {
            for (var i = 0; i < Count; i++)
                yield return this[i];
        }
    }

    /// <summary>The topmost field of a name, which is given in ASCII and any case, or null.</summary>
    public HeaderField? Find(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < Count; i++)
        {
            if (this[i] is var field && field.IsNamed(name))
                return field;
        }
        return null;
    }

    /// <summary>How many fields have a name.</summary>
    public int CountOf(ReadOnlySpan<byte> name)
    {
        var count = 0;
        for (var i = 0; i < Count; i++)
            count += this[i].IsNamed(name) ? 1 : 0;
        return count;
    }
}

/// <summary>Where a field is in the octets of a header.</summary>
internal readonly record struct FieldPlace(int Start, int NameLength, int ColonAt, int Length);

/// <summary>A header field as it stood in the message.</summary>
public readonly struct HeaderField
{
    private readonly int _nameLength;
    private readonly int _colonAt;

    internal HeaderField(ReadOnlyMemory<byte> raw, int nameLength, int colonAt)
    {
        Raw = raw;
        _nameLength = nameLength;
        _colonAt = colonAt;
    }

    /// <summary>The field from the first octet of its name to its last line end.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>The name as it was spelled; ASCII.</summary>
    public string Name => Encoding.ASCII.GetString(Raw.Span[.._nameLength]);

    /// <summary>What stands behind the colon, folds and the last line end included.</summary>
    public ReadOnlyMemory<byte> RawValue => Raw[(_colonAt + 1)..];

    /// <summary>The value on one line, without spaces around it (RFC 5322 2.2.3), its encoded words not decoded.</summary>
    public string Value => HeaderText.Unfold(RawValue.Span);

    /// <summary>The value as a person reads it: unfolded, encoded words decoded.</summary>
    public string Text => HeaderText.Read(RawValue.Span);

    /// <summary>True if the field has this name, in any case.</summary>
    public bool IsNamed(ReadOnlySpan<byte> name) => _nameLength == name.Length && Ascii.EqualsIgnoreCase(Raw.Span[.._nameLength], name);
}
