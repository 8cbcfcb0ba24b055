// Writes DNS responses octet by octet, true ones and others.
using System.Buffers.Binary;
using System.Text;

namespace MailFunctions.Rig;

/// <summary>
/// A response to a question that came over the wire. It shares no code with what it is there to test, and writes whatever it is told.
/// </summary>
public sealed class ResponseBuilder
{
    private readonly byte[] _header = new byte[12];
    private readonly List<byte> _question;
    private readonly List<byte> _records = [];

    /// <summary>Repeats id and question; answers "no error", from a recursive server.</summary>
    public ResponseBuilder(ReadOnlySpan<byte> query)
    {
        query[..2].CopyTo(_header);
        _header[2] = 0x81; // QR, RD
        _header[3] = 0x80; // RA
        _header[5] = 1;
        var end = 12;
        while (query[end] != 0)
            end += 1 + query[end];
        _question = [.. query[12..(end + 5)]];
    }

    /// <summary>Type numbers, as the wire has them.</summary>
#pragma warning disable CA1720 // the field's own word, not C's pointer
    public const int A = 1, Ns = 2, Cname = 5, Soa = 6, Ptr = 12, Mx = 15, Txt = 16, Aaaa = 28, Srv = 33, Opt = 41, Tlsa = 52;
#pragma warning restore CA1720

    /// <summary>The octets of a name, not compressed.</summary>
    public static byte[] Name(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => Encoding.Latin1.GetBytes(label).Prepend((byte)label.Length)), 0];

    /// <summary>Octets of hexadecimal digits and white space; what follows a semicolon in a line is a comment.</summary>
    public static byte[] Hex(string text) =>
        Convert.FromHexString(string.Concat(text.Split('\n').SelectMany(line => line.Split(';')[0].Where(c => !char.IsWhiteSpace(c)))));

    /// <summary>The data of an MX record.</summary>
    public static byte[] SrvData(int priority, int weight, int port, string target) =>
        [(byte)(priority >> 8), (byte)priority, (byte)(weight >> 8), (byte)weight, (byte)(port >> 8), (byte)port, .. Name(target)];

    public static byte[] MxData(int preference, string exchange) => [(byte)(preference >> 8), (byte)preference, .. Name(exchange)];

    /// <summary>The data of a TXT record.</summary>
    public static byte[] TxtData(params string[] strings) => [.. strings.SelectMany(text => Encoding.Latin1.GetBytes(text).Prepend((byte)text.Length))];

    /// <summary>The data of an SOA record that allows to remember "nothing there" for so many seconds.</summary>
    public static byte[] SoaData(uint minimum)
    {
        var numbers = new byte[20];
        BinaryPrimitives.WriteUInt32BigEndian(numbers.AsSpan(16), minimum);
        return [.. Name("ns.example.test"), .. Name("hostmaster.example.test"), .. numbers];
    }

    /// <summary>Sets the response code.</summary>
    public ResponseBuilder Code(int code)
    {
        _header[3] = (byte)((_header[3] & 0xf0) | code);
        return this;
    }

    /// <summary>Sets bits of the flags (RFC 1035 4.1.1): 0x0400 authoritative, 0x0200 truncated, 0x0020 authenticated.</summary>
    public ResponseBuilder Set(int flags)
    {
        _header[2] |= (byte)(flags >> 8);
        _header[3] |= (byte)flags;
        return this;
    }

    /// <summary>Clears bits of the flags: 0x0080 recursion available, 0x8000 response.</summary>
    public ResponseBuilder Clear(int flags)
    {
        _header[2] &= (byte)~(flags >> 8);
        _header[3] &= (byte)~flags;
        return this;
    }

    /// <summary>Adds to the id.</summary>
    public ResponseBuilder ShiftId(int by)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_header, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(_header) + by));
        return this;
    }

    /// <summary>Puts another question in place of the true one, or none.</summary>
    public ResponseBuilder Question(byte[]? question)
    {
        _question.Clear();
        _question.AddRange(question ?? []);
        _header[5] = question is null ? (byte)0 : (byte)1;
        return this;
    }

    /// <summary>Changes the question's octets.</summary>
    public ResponseBuilder Question(Func<byte, byte> change)
    {
        for (var i = 0; i < _question.Count; i++)
            _question[i] = change(_question[i]);
        return this;
    }

    /// <summary>Adds a record to the answer section; all of that before those of other sections.</summary>
    public ResponseBuilder Answer(string owner, int type, uint ttl, byte[] data) => Add(7, Name(owner), type, 1, ttl, data);

    /// <summary>Adds a record to the authority section.</summary>
    public ResponseBuilder Authority(string owner, int type, uint ttl, byte[] data) => Add(9, Name(owner), type, 1, ttl, data);

    /// <summary>Adds a record to the additional section.</summary>
    public ResponseBuilder Additional(string owner, int type, uint ttl, byte[] data) => Add(11, Name(owner), type, 1, ttl, data);

    /// <summary>Adds octets that no count tells of.</summary>
    public ResponseBuilder Raw(params byte[] octets)
    {
        _records.AddRange(octets);
        return this;
    }

    /// <summary>Sets a count: of questions 4, answers 6, authority 8, additional 10.</summary>
    public ResponseBuilder Count(int place, int count)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_header.AsSpan(place), (ushort)count);
        return this;
    }

    /// <summary>The message.</summary>
    public byte[] Build() => [.. _header, .. _question, .. _records];

    private ResponseBuilder Add(int count, byte[] owner, int type, int @class, uint ttl, byte[] data)
    {
        var fixedPart = new byte[10];
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart.AsSpan(2), (ushort)@class);
        BinaryPrimitives.WriteUInt32BigEndian(fixedPart.AsSpan(4), ttl);
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart.AsSpan(8), (ushort)data.Length);
        _records.AddRange([.. owner, .. fixedPart, .. data]);
        var records = BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(count - 1)) + 1;
        BinaryPrimitives.WriteUInt16BigEndian(_header.AsSpan(count - 1), (ushort)records);
        return this;
    }
}
