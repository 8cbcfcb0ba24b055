// What is written into a blob or block: two pieces of memory that lie apart, sent as one.
using Azure.Storage.Blobs.Models;

namespace MailFunctions.Storage;

/// <summary>The octets of a write.</summary>
/// <param name="First">The front.</param>
/// <param name="Second">What follows it.</param>
internal readonly record struct BlobContent(ReadOnlyMemory<byte> First, ReadOnlyMemory<byte> Second = default)
{
    /// <summary>A stream over both for one try. Once disposed it yields nothing, so that a try that was given up cannot send a buffer's next content.</summary>
    public Stream ToStream() => new Joined(this);

    private sealed class Joined(BlobContent content) : Stream
    {
        private bool _disposed;

        public override bool CanRead => !_disposed;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => content.First.Length + content.Second.Length;

        public override long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var rest = Position < content.First.Length
                ? content.First.Span[(int)Position..]
                : content.Second.Span[(int)(Position - content.First.Length)..];
            if (rest.Length > buffer.Length)
                rest = rest[..buffer.Length];
            rest.CopyTo(buffer);
            Position += rest.Length;
            return rest.Length;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            Task.FromResult(Read(buffer.AsSpan(offset, count)));

        public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => Length + offset,
        };

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        protected override void Dispose(bool disposing)
        {
            _disposed = true;
            base.Dispose(disposing);
        }
    }
}

/// <summary>The content types of what is stored, set so that a browser never takes mail for a page.</summary>
internal static class ContentTypes
{
    /// <summary>A message with our envelope line in front.</summary>
    public static readonly BlobHttpHeaders Spool = new() { ContentType = "application/octet-stream" };

    /// <summary>A message (RFC 2046 5.2.1).</summary>
    public static readonly BlobHttpHeaders Message = new() { ContentType = "message/rfc822" };

    /// <summary>A record of ours.</summary>
    public static readonly BlobHttpHeaders Json = new() { ContentType = "application/json" };

    /// <summary>A blob that only its name matters of.</summary>
    public static readonly BlobHttpHeaders Empty = Spool;
}
