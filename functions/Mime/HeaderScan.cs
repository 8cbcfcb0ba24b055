// Watches a message's header pass by and counts what limits are set on.
using System.Text;
using MailFunctions.Mail;

namespace MailFunctions.Mime;

/// <summary>
/// Looks at the octets of a message as they arrive, in pieces cut anywhere, up to the empty line that ends the header. Keeps no text but the addresses
/// that the message was delivered to before.
/// </summary>
public sealed class HeaderScan
{
    private const int LongestName = 12; // delivered-to
    private const int LongestValue = 400;
    private const int MostDeliveries = 100;

    private static ReadOnlySpan<byte> ReceivedName => "received"u8;

    private static ReadOnlySpan<byte> DeliveredToName => "delivered-to"u8;

    private readonly byte[] _name = new byte[LongestName];
    private readonly HashSet<EmailAddress> _deliveredTo = [];
    private int _nameLength; // of the field name so far; -1 behind it, and where it is none that is looked for
    private bool _nameEnded; // a space has come behind it
    private bool _lineIsEmpty = true;
    private StringBuilder? _value; // of a Delivered-To field

    /// <summary>True once the empty line has passed; nothing is counted after it.</summary>
    public bool Ended { get; private set; }

    /// <summary>Octets of the header so far.</summary>
    public long Octets { get; private set; }

    /// <summary>Header fields so far, folded lines counted with the field they belong to.</summary>
    public int Fields { get; private set; }

    /// <summary>Received fields so far: the hops that the message has made (RFC 5321 6.3).</summary>
    public int Hops { get; private set; }

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
            _lineIsEmpty = true;
            return;
        }
        if (octet == '\r')
            return;
        if (_lineIsEmpty)
            BeginLine(octet);
        if (_nameLength >= 0)
            PassName(octet);
        else if (_value is { Length: < LongestValue })
            _value.Append((char)octet);
    }

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
        _nameLength = 0;
        _nameEnded = false;
    }

    // RFC 5322 4.5 still allows spaces between a field's name and its colon.
    private void PassName(byte octet)
    {
        if (octet == ':')
        {
            var name = _name.AsSpan(0, _nameLength);
            if (name.SequenceEqual(ReceivedName))
                Hops++;
            else if (name.SequenceEqual(DeliveredToName))
                _value = new StringBuilder();
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

    private void TakeValue()
    {
        if (_value is not { } value)
            return;
        _value = null;
        if (_deliveredTo.Count < MostDeliveries && EmailAddress.TryParse(value.ToString().AsSpan().Trim().Trim("<>"), out var address))
            _deliveredTo.Add(address.Canonical);
    }
}
