// A spooled message being read: the line first, then trace fields and content, which are believed only when length and hash agree.
using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>Reads one spool blob by one Get Blob, and holds no more of it than came together with the line.</summary>
internal sealed class SpoolReader : ISpoolReader
{
    private const int FirstBufferSize = 16 * 1024;

    private readonly DownloadStream _blob;
    private readonly SpoolHeader _header;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _ahead;
    private int _aheadStart;
    private readonly int _aheadEnd;
    private long _read;
    private bool _verified;

    private SpoolReader(DownloadStream blob, SpoolHeader header, byte[] ahead, int aheadStart, int aheadEnd)
    {
        _blob = blob;
        _header = header;
        _ahead = ahead;
        _aheadStart = aheadStart;
        _aheadEnd = aheadEnd;
    }

    /// <inheritdoc/>
    public Envelope Envelope => _header.Envelope;

    /// <inheritdoc/>
    public long Length => _header.TraceLength + _header.ContentLength;

    /// <inheritdoc/>
    public DateTimeOffset StoredAt => _blob.WrittenAt;

    /// <summary>Reads the line of a blob that is open, and takes the blob over; closes it unless the answer is that it was opened.</summary>
    /// <exception cref="StoreUnavailableException">The blob broke off.</exception>
    public static async Task<SpoolOpening> OpenAsync(DownloadStream blob, SpoolId id, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferSize);
        SpoolOpening? opening = null;
        try
        {
            var filled = 0;
            var end = -1;
            while (end < 0)
            {
                if (filled == SpoolHeader.MaxLineLength)
                    return new SpoolOpening.Damaged("it does not begin with an envelope line");
                if (filled == buffer.Length)
                    Double(ref buffer);
                var count = await blob.ReadAsync(buffer.AsMemory(filled, Math.Min(buffer.Length, SpoolHeader.MaxLineLength) - filled), cancellationToken);
                if (count == 0)
                    return new SpoolOpening.Damaged("it ends within its envelope line");
                end = buffer.AsSpan(filled, count).IndexOf((byte)'\n') is >= 0 and var at ? filled + at : -1;
                filled += count;
            }
            opening = Interpret(blob, id, buffer, end, filled);
            return opening;
        }
        finally
        {
            if (opening is not SpoolOpening.Opened)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                await blob.DisposeAsync();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.IsEmpty)
            return 0;
        int count;
        if (_aheadStart < _aheadEnd)
        {
            count = Math.Min(buffer.Length, _aheadEnd - _aheadStart);
            _ahead.AsMemory(_aheadStart, count).CopyTo(buffer);
            _aheadStart += count;
        }
        else
        {
            count = await _blob.ReadAsync(buffer, cancellationToken);
        }
        if (count == 0)
        {
            Verify();
            return 0;
        }
        var trace = (int)Math.Clamp(_header.TraceLength - _read, 0, count);
        _hash.AppendData(buffer.Span[trace..count]);
        _read += count;
        return count;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_ahead.Length > 0)
            ArrayPool<byte>.Shared.Return(_ahead);
        _ahead = [];
        _aheadStart = _aheadEnd;
        _hash.Dispose();
        await _blob.DisposeAsync();
    }

    private static SpoolOpening Interpret(DownloadStream blob, SpoolId id, byte[] buffer, int end, int filled)
    {
        var line = buffer.AsSpan(0, end);
        try
        {
            if (RecordVersion.Read(line) is not Envelope.CurrentVersion and var version)
                return new SpoolOpening.UnknownVersion(version);
            var header = SpoolHeader.Read(line);
            if (SpoolPut.IsRepeated(blob.Metadata))
                header = header with { Envelope = header.Envelope with { MayComeAgain = true } };
            if (header.Envelope.Id != id)
                return new SpoolOpening.Damaged($"its envelope is that of {header.Envelope.Id}");
            var expected = end + 1 + header.TraceLength + header.ContentLength;
            return expected == blob.Length
                ? new SpoolOpening.Opened(new SpoolReader(blob, header, buffer, end + 1, filled))
                : new SpoolOpening.Damaged($"it has {blob.Length} octets where {expected} were committed");
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            return new SpoolOpening.Damaged($"its envelope line cannot be read: {error.Message}");
        }
    }

    private void Verify()
    {
        if (_verified)
            return;
        if (_read != Length || !_hash.GetHashAndReset().AsSpan().SequenceEqual(_header.ContentHash))
            throw new SpoolDamagedException($"The content of {Envelope.Id} is not what was committed: its SHA-256 differs.");
        _verified = true;
    }

    private static void Double(ref byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
