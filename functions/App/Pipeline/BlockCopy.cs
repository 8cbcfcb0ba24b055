// Streams one message into several mailboxes, block by block.
using System.Buffers;
using MailFunctions.Mail.Stores;

namespace MailFunctions.App.Pipeline;

/// <summary>
/// Reads a message once and writes every block to all uploads. The last block is held back until the source has said that the message ended well, so
/// that no copy of a message that turns out to be damaged ever becomes visible.
/// </summary>
internal static class BlockCopy
{
    /// <summary>Octets of a block. Two are in memory at a time: the one being read, and the one held back.</summary>
    public const int BlockLength = 1 << 20;

    /// <summary>Copies all of it.</summary>
    /// <param name="read">Reads on; 0 at the end. What it throws ends the copying with nothing visible.</param>
    /// <param name="tap">Sees what is read; null where it has seen it before, or nobody asks.</param>
    /// <param name="uploads">Where to; all or, after an exception, some of them hold the whole message.</param>
    /// <param name="cancellationToken">Ends the copying with nothing visible.</param>
    public static async Task RunAsync(
        Func<Memory<byte>, CancellationToken, ValueTask<int>> read, SummaryTap? tap, IReadOnlyCollection<IMailboxUpload> uploads,
        CancellationToken cancellationToken)
    {
        var held = ArrayPool<byte>.Shared.Rent(BlockLength);
        var next = ArrayPool<byte>.Shared.Rent(BlockLength);

        var heldCount = await FillAsync(read, held.AsMemory(0, BlockLength), cancellationToken);
        tap?.Pass(held.AsSpan(0, heldCount));
        while (heldCount == BlockLength)
        {
            var count = await FillAsync(read, next.AsMemory(0, BlockLength), cancellationToken);
            if (count == 0)
                break;
            tap?.Pass(next.AsSpan(0, count));
            await WriteAsync(uploads, held.AsMemory(0, heldCount), last: false, cancellationToken);
            (held, next, heldCount) = (next, held, count);
        }
        tap?.Complete();
        foreach (var upload in uploads)
            upload.Summary ??= tap?.Text;
        await WriteAsync(uploads, held.AsMemory(0, heldCount), last: true, cancellationToken);

        // Not in a finally: after a failure a request that was given up may still be sending from these arrays.
        ArrayPool<byte>.Shared.Return(held);
        ArrayPool<byte>.Shared.Return(next);
    }

    // Less than a full block means that the source has said: the end.
    private static async ValueTask<int> FillAsync(
        Func<Memory<byte>, CancellationToken, ValueTask<int>> read, Memory<byte> block, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (filled < block.Length)
        {
            var count = await read(block[filled..], cancellationToken);
            if (count == 0)
                break;
            filled += count;
        }
        return filled;
    }

    private static Task WriteAsync(IEnumerable<IMailboxUpload> uploads, ReadOnlyMemory<byte> block, bool last, CancellationToken cancellationToken) =>
        Task.WhenAll(uploads.Select(upload => upload.WriteAsync(block, last, cancellationToken)));
}
