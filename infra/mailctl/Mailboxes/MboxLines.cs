// Turns the lines of a message in a file into those of a message in a mailbox.
using System.Buffers;

namespace MailFunctions.Mailctl.Mailboxes;

/// <summary>
/// Makes every line end CR LF, and takes one <c>&gt;</c> off lines of the form <c>&gt;+From </c> where the file is an mbox (mboxrd). Fed in pieces cut anywhere.
/// </summary>
internal sealed class MboxLines(bool isMbox)
{
    private bool _hasCr;
    private int _marks = isMbox ? 0 : NotAtStart; // how many ">" the line began with
    private int _matched;

    private const int NotAtStart = -1;

    private static ReadOnlySpan<byte> Mark => "From "u8;

    /// <summary>Takes the next octets.</summary>
    public void Write(ReadOnlySpan<byte> octets, IBufferWriter<byte> output)
    {
        foreach (var octet in octets)
            Write(octet, output);
    }

    /// <summary>Ends the message: its last line too.</summary>
    public void End(IBufferWriter<byte> output)
    {
        Release(output);
        if (_hasCr)
            output.Write("\r\n"u8);
        _hasCr = false;
    }

    private void Write(byte octet, IBufferWriter<byte> output)
    {
        if (_hasCr)
        {
            _hasCr = false;
            EndLine(output);
            if (octet == '\n')
                return;
        }
        if (octet is (byte)'\r' or (byte)'\n')
        {
            Release(output);
            if (octet == '\r')
                _hasCr = true;
            else
                EndLine(output);
            return;
        }
        if (_marks >= 0)
        {
            if (_matched == 0 && octet == '>')
            {
                _marks++;
                return;
            }
            if (octet == Mark[_matched])
            {
                if (++_matched == Mark.Length)
                {
                    _marks = Math.Max(0, _marks - 1);
                    Release(output);
                }
                return;
            }
            Release(output);
        }
        output.Write([octet]);
    }

    // What was held back while the line might have become one of the form >+From.
    private void Release(IBufferWriter<byte> output)
    {
        for (; _marks > 0; _marks--)
            output.Write(">"u8);
        if (_matched > 0)
            output.Write(Mark[.._matched]);
        (_marks, _matched) = (NotAtStart, 0);
    }

    private void EndLine(IBufferWriter<byte> output)
    {
        output.Write("\r\n"u8);
        if (isMbox)
            (_marks, _matched) = (0, 0);
    }
}
