// Writes message content to a connection with stuffed dots and the final dot.
using System.Buffers;

namespace MailFunctions.Wire;

/// <summary>The sending side of RFC 5321 4.5.2 and RFC 1939 3: a dot at the start of a line is doubled, a line with a dot alone ends the content.</summary>
public struct DotWriter()
{
    private bool _lineStart = true;
    private bool _afterCr;

    /// <summary>Writes the next octets of content, cut anywhere.</summary>
    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            if (_lineStart && content[0] == '.')
                output.Write("."u8);
            var end = content.IndexOf((byte)'\n');
            var line = end < 0 ? content : content[..(end + 1)];
            output.Write(line);
            // Only CR LF ends a line; the CR may have come with the piece before.
            _lineStart = end >= 0 && (line.Length > 1 ? line[^2] == '\r' : _afterCr);
            _afterCr = line[^1] == '\r';
            content = content[line.Length..];
        }
    }

    /// <summary>Writes the end: a CR LF first if the content did not end with one.</summary>
    public readonly void Finish(IBufferWriter<byte> output) => output.Write(_lineStart ? ".\r\n"u8 : "\r\n.\r\n"u8);
}
