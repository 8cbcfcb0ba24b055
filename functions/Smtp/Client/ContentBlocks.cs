// Message content in blocks that may be sent as they are: whole line ends, and nothing that could end the message early.
using System.Buffers;

namespace MailFunctions.Smtp.Client;

/// <summary>A block of content.</summary>
/// <param name="Octets">The octets; valid until the next block is read.</param>
/// <param name="IsClean">False if there is a bare CR, a bare LF or a NUL: not to be sent, and nothing after it either.</param>
/// <param name="IsLast">Whether the content ends here.</param>
internal readonly record struct ContentBlock(Memory<byte> Octets, bool IsClean, bool IsLast);

/// <summary>
/// Cuts content into blocks of one reused buffer. A CR at the end of a block waits for the next one, so that it is never sent before its LF is seen:
/// that line ends are CR LF, without exception, is what keeps a receiver from finding an end where there is none (CVE-2023-51764 and its kin).
/// </summary>
internal sealed class ContentBlocks(OutgoingMessage message) : IDisposable
{
    private const int BlockSize = 32_768;

    private static readonly SearchValues<byte> Special = SearchValues.Create([0, (byte)'\r', (byte)'\n']);

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
    private int _carried;
    private long _total;

    /// <summary>Whether what has been read so far ends with a line, as every message should; true at the beginning.</summary>
    public bool EndsWithLine { get; private set; } = true;

    /// <summary>Reads the next block.</summary>
    /// <exception cref="InvalidDataException">The content is not as long as it was said to be.</exception>
    public async ValueTask<ContentBlock> ReadAsync(CancellationToken cancellationToken)
    {
        if (_carried == 1)
            _buffer[0] = (byte)'\r';
        var filled = _carried;
        var ended = false;
        while (filled < BlockSize && !ended)
        {
            var count = await message.Content(_buffer.AsMemory(filled, BlockSize - filled), cancellationToken);
            filled += count;
            _total += count;
            ended = count == 0;
        }
        if (ended ? _total != message.Length : _total > message.Length)
            throw new InvalidDataException($"Content was said to have {message.Length} octets and gave {_total}.");
        _carried = !ended && _buffer[filled - 1] == '\r' ? 1 : 0;
        var block = _buffer.AsMemory(0, filled - _carried);
        if (filled > 0)
            EndsWithLine = _buffer[filled - 1] == '\n';
        return new ContentBlock(block, IsClean(block.Span), ended);
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private static bool IsClean(ReadOnlySpan<byte> octets)
    {
        for (; ; )
        {
            var at = octets.IndexOfAny(Special);
            if (at < 0)
                return true;
            if (octets[at] != '\r' || at + 1 == octets.Length || octets[at + 1] != '\n')
                return false;
            octets = octets[(at + 2)..];
        }
    }
}
