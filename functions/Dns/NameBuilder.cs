// Puts a name together label by label and keeps it within its bounds.
using System.Text;

namespace MailFunctions.Dns;

/// <summary>Collects the labels of one <see cref="DnsName"/> in a buffer of <see cref="Capacity"/> characters.</summary>
internal ref struct NameBuilder(Span<char> buffer)
{
    /// <summary>Characters that the longest name needs; the root's zero has no place here.</summary>
    public const int Capacity = DnsName.MaxOctets - 1;

    private readonly Span<char> _buffer = buffer;
    private int _length;

    /// <summary>Adds a label.</summary>
    /// <returns>False if it is empty or too long, or the name becomes so.</returns>
    public bool TryAdd(ReadOnlySpan<byte> label)
    {
        if (label.Length is 0 or > DnsName.MaxLabelOctets || label.Length >= Capacity - _length)
            return false;
        _buffer[_length++] = (char)label.Length;
        var place = _buffer.Slice(_length, label.Length);
        Encoding.Latin1.GetChars(label, place);
        foreach (ref var c in place)
        {
            if (char.IsAsciiLetterUpper(c))
                c |= (char)0x20; // RFC 4343: ASCII letters alone are folded
        }
        _length += label.Length;
        return true;
    }

    /// <summary>The name of the labels so far.</summary>
    public readonly DnsName Build() => new(_buffer[.._length]);
}
