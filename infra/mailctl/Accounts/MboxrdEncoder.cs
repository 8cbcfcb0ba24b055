// Turns a message as it is stored into one as it stands in an mbox file.
using System.Buffers;

namespace MailFunctions.Mailctl.Accounts;

/// <summary>
/// The mboxrd form of one message, made as its octets come: line ends become LF, a line of the form <c>&gt;*From </c> gets one more <c>&gt;</c>, and
/// an empty line closes the message. Our mail has no bare CR or LF, so taking one <c>&gt;</c> off again and making LF to CRLF gives the message back.
/// </summary>
internal sealed class MboxrdEncoder
{
    private const int NoMatch = -1;

    // How much of "From " the line has matched so far, behind any number of ">"; these octets are held back.
    private int _matched;
    private bool _hasCr;
    private bool _isInLine;

    private static ReadOnlySpan<byte> Mark => "From "u8;

    /// <summary>Takes the next octets.</summary>
    public void Write(ReadOnlySpan<byte> octets, IBufferWriter<byte> output)
    {
        while (!octets.IsEmpty)
        {
            if (_hasCr)
                octets = octets[EndLineOrPutCr(octets[0], output)..];
            else if (_matched >= 0)
                octets = octets[Match(octets[0], output)..];
            else
                octets = octets[PutRest(octets, output)..];
        }
    }

    /// <summary>Ends the message, and its last line if that has no end.</summary>
    public void End(IBufferWriter<byte> output)
    {
        if (_matched > 0)
            output.Write(Mark[.._matched]);
        if (_hasCr)
            output.Write("\r"u8);
        output.Write(_isInLine ? "\n\n"u8 : "\n"u8);
    }

    // What follows a CR: the LF that it belongs to, which is taken, or anything else, which is not.
    private int EndLineOrPutCr(byte next, IBufferWriter<byte> output)
    {
        _hasCr = false;
        if (next != '\n')
        {
            output.Write("\r"u8);
            return 0;
        }
        StartLine(output);
        return 1;
    }

    // All ">" may go out as they come: one more of them before "From " is the same wherever it is put.
    private int Match(byte next, IBufferWriter<byte> output)
    {
        if (next == '>' && _matched == 0)
        {
            _isInLine = true;
            output.Write(">"u8);
            return 1;
        }
        if (next == Mark[_matched])
        {
            _isInLine = true;
            if (++_matched == Mark.Length)
            {
                output.Write(">From "u8);
                _matched = NoMatch;
            }
            return 1;
        }
        output.Write(Mark[.._matched]);
        _matched = NoMatch;
        return 0;
    }

    private int PutRest(ReadOnlySpan<byte> octets, IBufferWriter<byte> output)
    {
        var end = octets.IndexOfAny((byte)'\r', (byte)'\n');
        var rest = end < 0 ? octets : octets[..end];
        output.Write(rest);
        _isInLine |= rest.Length > 0;
        if (end < 0)
            return octets.Length;
        if (octets[end] == '\n')
        {
            StartLine(output);
        }
        else
        {
            _hasCr = true;
            _isInLine = true;
        }
        return end + 1;
    }

    private void StartLine(IBufferWriter<byte> output)
    {
        output.Write("\n"u8);
        _matched = 0;
        _isInLine = false;
    }
}
