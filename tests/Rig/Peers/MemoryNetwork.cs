// A network without sockets: addresses at which scripted mail servers answer.
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using MailFunctions.Smtp.Client;

namespace MailFunctions.Rig.Peers;

/// <summary>Dials scripted servers in memory. Nobody answers at an address that was not added.</summary>
public sealed class MemoryNetwork(RefusedAddresses? refused = null) : IConnector
{
    private readonly ConcurrentDictionary<IPEndPoint, ScriptedPeer> _peers = new();
    private readonly ConcurrentQueue<IPEndPoint> _dialled = new();

    /// <summary>The addresses that were dialled, in order.</summary>
    public IReadOnlyList<IPEndPoint> DialledAddresses => [.. _dialled];

    /// <summary>Puts a server at an address.</summary>
    public MemoryNetwork Add(IPEndPoint address, ScriptedPeer peer)
    {
        _peers[address] = peer;
        return this;
    }

    /// <inheritdoc/>
    public async Task<Dialled> DialAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        if (refused?.ReasonFor(address.Address) is { } reason)
            return new Dialled.Refused(reason);
        _dialled.Enqueue(address);
        if (!_peers.TryGetValue(address, out var peer))
            return new Dialled.Unreachable("ConnectionRefused");
        switch (peer.Script.ActAt(PeerStage.Connect, 0))
        {
            case PeerAct.Close:
                return new Dialled.Unreachable("ConnectionReset");
            case PeerAct.Stall:
                peer.Stall();
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                break;
        }
        var (toPeer, toClient) = (new Pipe(), new Pipe());
        peer.Serve(new PipeStream(toPeer.Reader, toClient.Writer));
        return new Dialled.Open(new PipeStream(toClient.Reader, toPeer.Writer));
    }

    /// <summary>One end of a connection in memory. Like a socket, it cannot be written to once the other end has closed.</summary>
    private sealed class PipeStream(PipeReader reader, PipeWriter writer) : Stream
    {
        private readonly Stream _input = reader.AsStream(leaveOpen: true);

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _input.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            _input.ReadAsync(buffer, offset, count, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if ((await writer.WriteAsync(buffer, cancellationToken)).IsCompleted)
                throw new IOException("The other end has closed the connection.");
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            writer.Complete();
            reader.Complete();
            base.Dispose(disposing);
        }
    }
}
