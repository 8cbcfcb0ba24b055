// Reads message content from a connection up to its end, into memory that the caller provides.
using System.IO.Pipelines;

namespace MailFunctions.Wire;

/// <summary>
/// The content of one DATA command (RFC 5321 4.1.1.4). Always read it to the end, even if the message is going to be refused: what is left unread
/// would be taken for commands.
/// </summary>
public sealed class DotReader(PipeReader input) : IContentReader
{
    private DotDecoder _decoder;

    /// <inheritdoc/>
    public ContentDefects Defects => _decoder.Defects;

    /// <inheritdoc/>
    /// <remarks>The stuffed dots are taken off.</remarks>
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
