// Brings a body into the form in which it is signed, while it arrives.
using System.Buffers;

namespace MailFunctions.Authentication.Dkim;

/// <summary>
/// Body canonicalization (RFC 6376 3.4.3, 3.4.4) of octets cut anywhere. What may turn out to be the end of the body, empty lines and space, is counted
/// and not kept. A line feed alone ends a line too, as whoever signed had to turn it into CR LF (RFC 6376 5.3).
/// </summary>
internal sealed class BodyForm(Canonicalization form, IOctetSink sink)
{
    private const int BufferSize = 4096;

    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);
    private static readonly SearchValues<byte> Spaces = SearchValues.Create("\r\n \t"u8);

    private readonly SearchValues<byte> _stops = form == Canonicalization.Simple ? LineEnds : Spaces;
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _buffered;
    private long _lineEnds; // that came and were not written
    private bool _hasSpace; // came since the last octet of this line and was not written
    private bool _hasReturn; // a CR came, and what it is depends on what comes
    private bool _hasContent;

    /// <summary>Looks at the next octets.</summary>
    public void Pass(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            if (_hasReturn)
            {
                _hasReturn = false;
                if (content[0] != '\n')
                    Write("\r"u8);
            }
            var stop = content.IndexOfAny(_stops);
            if (stop != 0)
            {
                var run = stop < 0 ? content : content[..stop];
                Write(run);
                content = content[run.Length..];
                continue;
            }
            PassStop(content[0]);
            content = content[1..];
        }
    }

    /// <summary>Says that the body has ended.</summary>
    public void Complete()
    {
        if (_hasReturn)
            Write("\r"u8);
        _hasReturn = false;
        // RFC 6376 3.4.3: an empty body is a line break in simple form; 3.4.4: and nothing in relaxed form. Any other ends in one line break.
        if (_hasContent || form == Canonicalization.Simple)
            Buffer("\r\n"u8);
        Flush();
    }

    private void PassStop(byte octet)
    {
        if (octet == '\r')
        {
            _hasReturn = true;
        }
        else if (octet == '\n')
        {
            _lineEnds++;
            _hasSpace = false; // RFC 6376 3.4.4: space at the end of a line is ignored
        }
        else
        {
            _hasSpace = true;
        }
    }

    private void Write(ReadOnlySpan<byte> content)
    {
        _hasContent = true;
        for (; _lineEnds > 0; _lineEnds--)
            Buffer("\r\n"u8);
        if (_hasSpace)
            Buffer(" "u8);
        _hasSpace = false;
        if (content.Length < BufferSize)
        {
            Buffer(content);
            return;
        }
        Flush();
        sink.Append(content);
    }

    private void Buffer(ReadOnlySpan<byte> content)
    {
        if (content.Length > BufferSize - _buffered)
            Flush();
        content.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += content.Length;
    }

    private void Flush()
    {
        sink.Append(_buffer.AsSpan(0, _buffered));
        _buffered = 0;
    }
}
