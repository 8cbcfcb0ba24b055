// Watches a message's header pass by and counts what limits are set on.
namespace MailFunctions.Mime;

/// <summary>
/// Looks at the octets of a message as they arrive, in pieces cut anywhere, up to the empty line that ends the header. Keeps no text.
/// </summary>
public sealed class HeaderScan
{
    private static ReadOnlySpan<byte> ReceivedName => "received"u8;

    private int _column;       // octets of this line so far, without CR
    private int _matched;      // how many of them are the start of "received"; -1 once they are not
    private bool _lineIsEmpty = true;

    /// <summary>True once the empty line has passed; nothing is counted after it.</summary>
    public bool Ended { get; private set; }

    /// <summary>Octets of the header so far.</summary>
    public long Octets { get; private set; }

    /// <summary>Header fields so far, folded lines counted with the field they belong to.</summary>
    public int Fields { get; private set; }

    /// <summary>Received fields so far: the hops that the message has made (RFC 5321 6.3).</summary>
    public int Hops { get; private set; }

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
            _column = 0;
            _matched = 0;
            _lineIsEmpty = true;
            return;
        }
        if (octet == '\r')
            return;
        _lineIsEmpty = false;
        if (_column == 0 && octet is not ((byte)' ' or (byte)'\t'))
            Fields++;
        if (_matched >= 0)
            Match(octet);
        _column++;
    }

    // RFC 5322 4.5 still allows spaces between a field's name and its colon.
    private void Match(byte octet)
    {
        if (_matched == ReceivedName.Length)
        {
            if (octet == ':')
                Hops++;
            if (octet is not ((byte)' ' or (byte)'\t'))
                _matched = -1;
        }
        else
        {
            _matched = _column == _matched && (octet | 0x20) == ReceivedName[_matched] ? _matched + 1 : -1;
        }
    }
}
