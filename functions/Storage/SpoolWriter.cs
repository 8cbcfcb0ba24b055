// A message on its way into the spool: one block of memory, and as few calls as its size allows.
using System.Buffers;
using System.Security.Cryptography;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>
/// Fills one buffer, which grows to the size of a block and is used for every block. A message that fits is one Put Blob; a larger one is a Put Block
/// for each full buffer, then the block with envelope and trace, which is staged last since only then its hash is known and listed first, then the commit.
/// </summary>
internal sealed class SpoolWriter(StoreContainer container, SpoolId id) : ISpoolWriter
{
    /// <summary>The size of a block, in octets.</summary>
    public const int BlockSize = 1024 * 1024;

    private const int FirstBufferSize = 16 * 1024;
    private const int SpillSize = 4 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _buffer = [];
    private int _filled;

    // Room behind a full block: until octets come that belong into the next one, the message may still be one that needs a single call.
    private byte[]? _spill;
    private BlockUpload? _upload;
    private int _blocks = 1; // the first is that of the envelope
    private long _length;
    private bool _closed;

    // While a request is under way, and for ever after one that failed: what was given up may still be sending from the buffer.
    private bool _isSending;

    /// <inheritdoc/>
    public Memory<byte> GetMemory()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (_filled == BlockSize)
            return (_spill ??= ArrayPool<byte>.Shared.Rent(SpillSize)).AsMemory(0, SpillSize);
        if (_filled == Math.Min(_buffer.Length, BlockSize))
            Grow();
        return _buffer.AsMemory(_filled, Math.Min(_buffer.Length, BlockSize) - _filled);
    }

    /// <inheritdoc/>
    public async ValueTask AdvanceAsync(int count, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count == 0)
            return;
        if (_filled < BlockSize)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Math.Min(_buffer.Length, BlockSize) - _filled);
            _hash.AppendData(_buffer, _filled, count);
            _filled += count;
            _length += count;
            return;
        }
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _spill?.Length ?? 0);
        await StageBufferAsync(cancellationToken);
        _spill.AsSpan(0, count).CopyTo(_buffer);
        _hash.AppendData(_buffer, 0, count);
        _filled = count;
        _length += count;
    }

    /// <inheritdoc/>
    public async Task<bool> CommitAsync(Envelope envelope, ReadOnlyMemory<byte> trace, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (envelope.Id != id)
            throw new ArgumentException("The envelope is another message's.", nameof(envelope));
        _closed = true;
        var line = new SpoolHeader(envelope, trace.Length, _length, _hash.GetHashAndReset()).ToLine();
        var head = trace.IsEmpty ? line : [.. line, .. trace.Span];

        var committed = await CommitAsync(head, cancellationToken);
        Release();
        return committed;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _closed = true;
        Release();
        _hash.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> CommitAsync(byte[] head, CancellationToken cancellationToken)
    {
        if (_upload is null)
        {
            _isSending = true;
            var created = await new SpoolPut(container, BlobNames.Spool(id), new BlobContent(head, Filled)).RunAsync(cancellationToken);
            _isSending = false;
            return created;
        }
        await StageBufferAsync(cancellationToken);
        await _upload.StageAsync(0, new BlobContent(head), cancellationToken);
        return await _upload.CommitAsync(_blocks, ContentTypes.Spool, null, cancellationToken);
    }

    private ReadOnlyMemory<byte> Filled => _buffer.AsMemory(0, _filled);

    private async Task StageBufferAsync(CancellationToken cancellationToken)
    {
        _upload ??= container.Upload(BlobNames.Spool(id));
        _isSending = true;
        await _upload.StageAsync(_blocks, new BlobContent(Filled), cancellationToken);
        _isSending = false;
        _blocks++;
        _filled = 0;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length == 0 ? FirstBufferSize : Math.Min(_buffer.Length * 2, BlockSize));
        Filled.CopyTo(larger);
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void Release()
    {
        if (_buffer.Length > 0 && !_isSending)
            ArrayPool<byte>.Shared.Return(_buffer);
        if (_spill is not null)
            ArrayPool<byte>.Shared.Return(_spill);
        _buffer = [];
        _spill = null;
    }
}
