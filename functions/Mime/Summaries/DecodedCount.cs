// Counts decoded octets, and shows them to a preview as long as it wants any.
using System.Buffers;

namespace MailFunctions.Mime.Summaries;

/// <summary>An output that keeps nothing.</summary>
internal sealed class DecodedCount(PreviewText? preview) : IBufferWriter<byte>
{
    private byte[] _room = [];

    /// <summary>The octets that were written.</summary>
    public long Octets { get; private set; }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        Octets += count;
        preview?.Pass(_room.AsSpan(0, count));
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_room.Length < Math.Max(sizeHint, 1))
            _room = new byte[Math.Max(sizeHint, 1024)];
        return _room;
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
