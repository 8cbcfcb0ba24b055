// Reads message content from a connection up to its end, into memory that the caller provides.
using System.IO.Pipelines;

namespace MailFunctions.Wire;

/// <summary>
/// The content of one DATA command (RFC 5321 4.1.1.4). Always read it to the end, even if the message is going to be refused: what is left unread
/// would be taken for commands.
/// </summary>
public sealed class DotReader(PipeReader input)
{
    private DotDecoder _decoder;

    /// <summary>What was wrong with the content so far.</summary>
    public ContentDefects Defects => _decoder.Defects;

    /// <summary>Reads the next octets of content, the stuffed dots taken off.</summary>
    /// <param name="destination">Where they go; not empty.</param>
    /// <param name="cancellationToken">Ends the wait; the connection is then of no further use.</param>
    /// <returns>How many octets were read; 0 only at the end of the content.</returns>
    /// <exception cref="EndOfStreamException">The peer closed the connection before the end of the content.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        while (!_decoder.Ended)
        {
            var result = await input.ReadAsync(cancellationToken);
            var taken = 0L;
            var written = 0;
            foreach (var segment in result.Buffer)
            {
                _decoder.Decode(segment.Span, destination.Span[written..], out var consumed, out var produced);
                taken += consumed;
                written += produced;
                if (consumed < segment.Length)
                    break;
            }
            // What was not taken has not been looked at either, unless everything was.
            input.AdvanceTo(result.Buffer.GetPosition(taken));
            if (written > 0)
                return written;
            if (result.IsCompleted && !_decoder.Ended && taken == result.Buffer.Length)
                throw new EndOfStreamException("The connection ended inside message content.");
        }
        return 0;
    }
}
