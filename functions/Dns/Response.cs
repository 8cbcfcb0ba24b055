// Reads what a server sent into records, or says that it is no message.
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using MailFunctions.Dns.Records;

namespace MailFunctions.Dns;

/// <summary>
/// A response (RFC 1035 4.1). All of it has been walked through, so that a message whose counts or lengths lie is none. Reading costs at most a few
/// passes over the octets, whatever they are.
/// </summary>
public sealed class Response
{
    private const int RecordHeaderLength = 10; // TYPE, CLASS, TTL, RDLENGTH

    private readonly ReadOnlyMemory<byte> _message;
    private readonly List<ResourceRecord> _answers = [];
    private readonly List<ResourceRecord> _authority = [];

    private Response(ReadOnlyMemory<byte> message) => _message = message;

    /// <summary>Octets of the message.</summary>
    public int Length => _message.Length;

    internal bool IsAuthoritative => (_message.Span[2] & 0x04) != 0;

    internal bool IsTruncated => (_message.Span[2] & 0x02) != 0;

    internal bool IsRecursionAvailable => (_message.Span[3] & 0x80) != 0;

    internal bool IsAuthenticated => (_message.Span[3] & 0x20) != 0;

    internal ResponseCode Code { get; private set; }

    internal IReadOnlyList<ResourceRecord> Answers => _answers;

    internal IReadOnlyList<ResourceRecord> Authority => _authority;

    /// <summary>Reads a message. It is kept, and must not change any more.</summary>
    /// <returns>False if it is no message. Octets behind its end are not looked at.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> message, [NotNullWhen(true)] out Response? response)
    {
        response = null;
        if (message.Length < Query.HeaderLength)
            return false;
        var read = new Response(message);
        if (!read.TryReadSections())
            return false;
        response = read;
        return true;
    }

    /// <summary>Reads the data of a record.</summary>
    /// <returns>False if it is not the data of such a record.</returns>
    internal bool TryGet<TRecord>(ResourceRecord record, [NotNullWhen(true)] out TRecord? value)
        where TRecord : class, IRecord<TRecord>
    {
        var reader = new DataReader(_message.Span, record.DataStart, record.DataLength);
        value = TRecord.Read(ref reader);
        return value is not null && reader.IsAtEnd;
    }

    private bool TryReadSections()
    {
        var message = _message.Span;
        Code = (ResponseCode)(message[3] & 0x0f);
        var offset = Query.HeaderLength;
        for (var left = Count(4); left > 0; left--)
        {
            if (!WireName.TryRead(message, ref offset, out _) || message.Length - offset < 4)
                return false;
            offset += 4; // QTYPE, QCLASS
        }
        return TryReadRecords(Count(6), ref offset, _answers)
            && TryReadRecords(Count(8), ref offset, _authority)
            && TryReadAdditional(Count(10), ref offset);
    }

    private int Count(int place) => BinaryPrimitives.ReadUInt16BigEndian(_message.Span[place..]);

    private bool TryReadRecords(int count, ref int offset, List<ResourceRecord> records)
    {
        for (; count > 0; count--)
        {
            if (!TryReadRecord(ref offset, out var record) || record.Type == RecordType.Opt)
                return false;
            records.Add(record);
        }
        return true;
    }

    // Of what a server adds unasked nothing is believed; only the upper bits of its code are in there.
    private bool TryReadAdditional(int count, ref int offset)
    {
        var hasOpt = false;
        for (; count > 0; count--)
        {
            if (!TryReadRecord(ref offset, out var record))
                return false;
            if (record.Type != RecordType.Opt)
                continue;
            // RFC 6891 6.1.1: one, at the root.
            if (hasOpt || !record.Owner.IsRoot)
                return false;
            hasOpt = true;
            Code |= (ResponseCode)(record.Ttl >> 24 << 4);
        }
        return true;
    }

    private bool TryReadRecord(ref int offset, out ResourceRecord record)
    {
        record = default;
        var message = _message.Span;
        if (!WireName.TryRead(message, ref offset, out var owner) || message.Length - offset < RecordHeaderLength)
            return false;
        var header = message.Slice(offset, RecordHeaderLength);
        offset += RecordHeaderLength;
        var length = BinaryPrimitives.ReadUInt16BigEndian(header[8..]);
        if (length > message.Length - offset)
            return false;
        record = new ResourceRecord(
            owner,
            (RecordType)BinaryPrimitives.ReadUInt16BigEndian(header),
            BinaryPrimitives.ReadUInt16BigEndian(header[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(header[4..]),
            offset,
            length);
        offset += length;
        return true;
    }
}
