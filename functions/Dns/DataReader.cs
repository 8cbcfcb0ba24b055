// Reads the data of one record, and never beyond it.
using System.Buffers.Binary;

namespace MailFunctions.Dns;

/// <summary>A place in a record's data (RFC 1035 3.3). Every method returns false, and moves nowhere, if the data ends too early.</summary>
internal ref struct DataReader(ReadOnlySpan<byte> message, int start, int length)
{
    // Up to the end of the data: names in it may point back to before its start, and none may run out of it.
    private readonly ReadOnlySpan<byte> _message = message[..(start + length)];
    private int _position = start;

    /// <summary>True once all of the data has been read.</summary>
    public readonly bool IsAtEnd => _position == _message.Length;

    /// <summary>Reads what is left.</summary>
    public ReadOnlySpan<byte> ReadRest()
    {
        var rest = _message[_position..];
        _position = _message.Length;
        return rest;
    }

    /// <summary>Reads one octet.</summary>
    public bool TryReadByte(out byte value)
    {
        value = IsAtEnd ? (byte)0 : _message[_position];
        if (IsAtEnd)
            return false;
        _position++;
        return true;
    }

    /// <summary>Reads two octets, the high one first.</summary>
    public bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_message[_position..], out value))
            return false;
        _position += sizeof(ushort);
        return true;
    }

    /// <summary>Reads four octets, the high one first.</summary>
    public bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_message[_position..], out value))
            return false;
        _position += sizeof(uint);
        return true;
    }

    /// <summary>Reads an octet that says how many follow, and those (RFC 1035 3.3, character-string).</summary>
    public bool TryReadString(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (IsAtEnd || _message[_position] > _message.Length - _position - 1)
            return false;
        value = _message.Slice(_position + 1, _message[_position]);
        _position += 1 + value.Length;
        return true;
    }

    /// <summary>Reads a name, which may be compressed.</summary>
    public bool TryReadName(out DnsName name) => WireName.TryRead(_message, ref _position, out name);
}
