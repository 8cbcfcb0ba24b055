// Watches a message's header pass by: counts what limits are set on, and keeps the few fields that decide whether it is taken.
using System.Buffers;
using System.Text;
using MailFunctions.Mail;

namespace MailFunctions.Mime;

/// <summary>
/// Looks at the octets of a message as they arrive, in pieces cut anywhere, up to the empty line that ends the header. Keeps no text but who wrote the
/// message, and the addresses that it was delivered to before.
/// </summary>
public sealed class HeaderScan
{
    private const int LongestName = 12; // delivered-to
    private const int LongestDelivery = 400;
    private const int LongestAuthor = 16_384;
    private const int MostDeliveries = 100;
    private const int MostAuthors = 2; // one is too many already

    private readonly byte[] _name = new byte[LongestName];
    private readonly HashSet<EmailAddress> _deliveredTo = [];
    private readonly List<ReadOnlyMemory<byte>> _from = [];
    private readonly List<ReadOnlyMemory<byte>> _sender = [];
    private int _nameLength; // of the field name so far; -1 behind it, and where it is none that is looked for
    private bool _nameEnded; // a space has come behind it
    private bool _lineIsEmpty = true;
    private ArrayBufferWriter<byte>? _value; // of a field that is kept
    private Kept _kept;
    private long _fieldOctets;

    private enum Kept
    {
        DeliveredTo,
        From,
        Sender,
    }

    /// <summary>True once the empty line has passed; nothing is counted after it.</summary>
    public bool Ended { get; private set; }

    /// <summary>Octets of the header so far.</summary>
    public long Octets { get; private set; }

    /// <summary>Header fields so far, folded lines counted with the field they belong to.</summary>
    public int Fields { get; private set; }

    /// <summary>Octets of the longest field so far, its folded lines and their ends included.</summary>
    public long LongestField { get; private set; }

    /// <summary>Received fields so far: the hops that the message has made (RFC 5321 6.3).</summary>
    public int Hops { get; private set; }

    /// <summary>True once an octet beyond ASCII has passed: UTF-8 (RFC 6532), or what should have been encoded.</summary>
    public bool HasEightBit { get; private set; }

    /// <summary>True once a Date field has passed.</summary>
    public bool HasDate { get; private set; }

    /// <summary>True once a Message-ID field has passed.</summary>
    public bool HasMessageId { get; private set; }

    /// <summary>
    /// The values of the From fields without their line ends, at most two; complete once the header has passed. One that is too long to be kept is
    /// empty, which no list of addresses is.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> From
    {
        get
        {
            TakeValue();
            return _from;
        }
    }

    /// <summary>The values of the Sender fields, likewise.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Sender
    {
        get
        {
            TakeValue();
            return _sender;
        }
    }

    /// <summary>The addresses, in canonical spelling, that the message says it was delivered to before (RFC 9228); complete once <see cref="Ended"/>.</summary>
    public IReadOnlySet<EmailAddress> DeliveredTo
    {
        get
        {
            TakeValue();
            return _deliveredTo;
        }
    }

    /// <summary>Looks at the next octets.</summary>
    public void Pass(ReadOnlySpan<byte> content)
    {
        for (var i = 0; i < content.Length && !Ended; i++)
        {
            Octets++;
            Pass(content[i]);
        }
    }

    private void Pass(byte octet)
    {
        if (octet == '\n')
        {
            Ended = _lineIsEmpty;
            if (!Ended)
                Grow(2); // CR LF
            _lineIsEmpty = true;
            return;
        }
        if (octet == '\r')
            return;
        HasEightBit |= octet > 0x7f;
        if (_lineIsEmpty)
            BeginLine(octet);
        Grow(1);
        if (_nameLength >= 0)
            PassName(octet);
        else if (_value is { } value && value.WrittenCount <= LongestOf(_kept)) // one octet more than may be, and it shows
            value.Write([octet]);
    }

    private void Grow(int octets) => LongestField = Math.Max(LongestField, _fieldOctets += octets);

    private void BeginLine(byte octet)
    {
        _lineIsEmpty = false;
        if (octet is (byte)' ' or (byte)'\t')
        {
            _nameLength = -1; // the field goes on
            return;
        }
        TakeValue();
        Fields++;
        _fieldOctets = 0;
        _nameLength = 0;
        _nameEnded = false;
    }

    // RFC 5322 4.5 still allows spaces between a field's name and its colon.
    private void PassName(byte octet)
    {
        if (octet == ':')
        {
            BeginValue(_name.AsSpan(0, _nameLength));
            _nameLength = -1;
        }
        else if (octet is (byte)' ' or (byte)'\t')
        {
            _nameEnded = true;
        }
        else if (_nameEnded || _nameLength == LongestName)
        {
            _nameLength = -1;
        }
        else
        {
            _name[_nameLength++] = octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;
        }
    }

    private void BeginValue(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("received"u8))
            Hops++;
        else if (name.SequenceEqual("date"u8))
            HasDate = true;
        else if (name.SequenceEqual("message-id"u8))
            HasMessageId = true;
        else if (name.SequenceEqual("delivered-to"u8))
            Keep(Kept.DeliveredTo);
        else if (name.SequenceEqual("from"u8))
            Keep(Kept.From);
        else if (name.SequenceEqual("sender"u8))
            Keep(Kept.Sender);
    }

    private void Keep(Kept kept)
    {
        _value = new ArrayBufferWriter<byte>();
        _kept = kept;
    }

    private static int LongestOf(Kept kept) => kept == Kept.DeliveredTo ? LongestDelivery : LongestAuthor;

    private void TakeValue()
    {
        if (_value is not { } value)
            return;
        _value = null;
        var text = value.WrittenCount <= LongestOf(_kept) ? value.WrittenMemory : default;
        switch (_kept)
        {
            case Kept.From when _from.Count < MostAuthors:
                _from.Add(text);
                break;
            case Kept.Sender when _sender.Count < MostAuthors:
                _sender.Add(text);
                break;
            case Kept.DeliveredTo when _deliveredTo.Count < MostDeliveries
                && EmailAddress.TryParse(Encoding.UTF8.GetString(text.Span).AsSpan().Trim().Trim("<>"), out var address):
                _deliveredTo.Add(address.Canonical);
                break;
        }
    }
}
