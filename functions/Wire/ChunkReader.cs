// Reads message content that comes in chunks of a declared size.
using System.Buffers;
using System.IO.Pipelines;

namespace MailFunctions.Wire;

/// <summary>
/// The content of the BDAT commands of one message (RFC 3030 2). Its length is declared, so nothing in it ends it; its line ends are watched all the same,
/// over the cuts between chunks too, because the message may leave by DATA, where they would mean something.
/// </summary>
public sealed class ChunkReader(PipeReader input) : IContentReader
{
    private static readonly SearchValues<byte> Special = SearchValues.Create([0, (byte)'\r', (byte)'\n']);

    private long _left;
    private long _lineLength;
    private bool _afterCr;

    /// <inheritdoc/>
    public ContentDefects Defects { get; private set; }

    /// <summary>Begins a chunk; the one before has been read to its end.</summary>
    /// <param name="octets">Its declared size.</param>
    public void Begin(long octets) => _left = octets;

    /// <summary>Says that the last chunk has been read: a CR at the very end has no LF to come.</summary>
    public void Finish()
    {
        if (_afterCr)
            Defects |= ContentDefects.BareCarriageReturn;
        _afterCr = false;
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (_left == 0)
            return 0;
        var result = await input.ReadAsync(cancellationToken);
        var content = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, Math.Min(_left, destination.Length)));
        var count = (int)content.Length;
        content.CopyTo(destination.Span);
        input.AdvanceTo(content.End);
        if (count == 0)
            throw new EndOfStreamException("The connection ended inside message content.");
        _left -= count;
        Watch(destination.Span[..count]);
        return count;
    }

    private void Watch(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            if (_afterCr && content[0] != '\n')
                Defects |= ContentDefects.BareCarriageReturn;
            var plain = content.IndexOfAny(Special);
            CountLine(plain < 0 ? content.Length : plain);
            if (plain < 0)
            {
                _afterCr = false;
                return;
            }
            Meet(content[plain], isAfterCr: _afterCr && plain == 0);
            content = content[(plain + 1)..];
        }
    }

    private void Meet(byte special, bool isAfterCr)
    {
        _afterCr = special == '\r';
        if (special == 0)
            Defects |= ContentDefects.Nul;
        else if (special == '\n' && !isAfterCr)
            Defects |= ContentDefects.BareLineFeed;
        if (special == '\n')
            _lineLength = 0;
    }

    private void CountLine(int octets)
    {
        _lineLength += octets;
        if (_lineLength > DotDecoder.MaxLineLength)
            Defects |= ContentDefects.LongLine;
    }
}
