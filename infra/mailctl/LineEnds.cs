// Gives a message out of a file the line ends that it has on the wire.
using System.Buffers;

namespace MailFunctions.Mailctl;

/// <summary>Makes CR LF of each LF that stands alone, in pieces cut anywhere; files of Unix have such lines, and signatures are made over CR LF.</summary>
internal sealed class LineEnds
{
    private bool _afterReturn;

    /// <summary>Writes the next octets with their line ends made whole.</summary>
    public void Pass(ReadOnlySpan<byte> content, IBufferWriter<byte> output)
    {
        while (!content.IsEmpty)
        {
            var feed = content.IndexOf((byte)'\n');
            var line = feed < 0 ? content : content[..feed];
            if (!line.IsEmpty)
                _afterReturn = line[^1] == '\r';
            output.Write(line);
            if (feed < 0)
                return;
            output.Write(_afterReturn ? "\n"u8 : "\r\n"u8);
            _afterReturn = false;
            content = content[(feed + 1)..];
        }
    }
}
