// A client connected to a session without a socket: octets in, octets out, cut as a test wants them.
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using MailFunctions.Gateway.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace MailFunctions.Protocol;

/// <summary>The client's end of an in-memory connection whose other end is handled by the real connection handler.</summary>
internal sealed class MemoryClient : IAsyncDisposable, IConnectionLifetimeNotificationFeature
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Pipe _toServer;
    private readonly Pipe _toClient;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _server;
    private readonly WatchedWriter _output;
    private Stream _stream;
    private readonly List<byte> _unread = [];
    private readonly byte[] _buffer = new byte[16_384];

    /// <summary>Connects from an address and lets the handler run.</summary>
    /// <param name="handler">The server's side.</param>
    /// <param name="address">The client's address.</param>
    /// <param name="scheduler">Where each side goes on when the other has sent something; if it is inline, on the sender's thread and at once.</param>
    public MemoryClient(Func<ConnectionContext, Task> handler, string address = "192.0.2.9", PipeScheduler? scheduler = null)
    {
        var options = new PipeOptions(readerScheduler: scheduler, writerScheduler: scheduler, useSynchronizationContext: scheduler is null);
        _toServer = new Pipe(options);
        _toClient = new Pipe(options);
        var context = new DefaultConnectionContext("test", new DuplexPipe(_toServer.Reader, _output = new WatchedWriter(_toClient.Writer)), new DuplexPipe(_toClient.Reader, _toServer.Writer))
        {
            RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 40_000),
            ConnectionClosed = _closed.Token,
        };
        context.Features.Set<IConnectionLifetimeNotificationFeature>(this);
        _stream = new DuplexStream(new DuplexPipe(_toClient.Reader, _toServer.Writer));
        _server = RunAsync(handler, context, scheduler != PipeScheduler.Inline);
    }

    /// <inheritdoc/>
    public CancellationToken ConnectionClosedRequested
    {
        get => _stopping.Token;
        set => throw new NotSupportedException();
    }

    /// <summary>Whether what is sent waits until the server has said something, as SMTP and POP3 want it.</summary>
    public bool WaitsForGreeting { get; set; } = true;

    /// <summary>Octets a write; 0 for as many as there are.</summary>
    public int PieceSize { get; set; }

    /// <summary>The most octets that the server has held back at any time.</summary>
    public long MostUnflushed => _output.Most;

    /// <summary>Everything that the server has written, as it goes over the wire.</summary>
    public byte[] Wire => _output.Wire;

    /// <summary>Ends when the handler has returned.</summary>
    public Task Ended => _server.WaitAsync(Patience);

    /// <summary>Asks the session to stop, as the gateway does when it is stopped.</summary>
    public void RequestStop() => _stopping.Cancel();

    /// <summary>Sends octets.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> octets)
    {
        if (WaitsForGreeting)
            await Task.WhenAny(_output.Flushed, _server).WaitAsync(Patience);
        var piece = PieceSize == 0 ? Math.Max(1, octets.Length) : PieceSize;
        for (var at = 0; at < octets.Length; at += piece)
        {
            await _stream.WriteAsync(octets.Slice(at, Math.Min(piece, octets.Length - at)));
            await _stream.FlushAsync();
            if (PieceSize != 0)
                await Task.Yield();
        }
    }

    /// <summary>Sends text, an octet a character.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Reads a line without its end; null when the server has closed.</summary>
    public async Task<string?> ReadLineAsync()
    {
        for (; ; )
        {
            var end = _unread.IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = Encoding.Latin1.GetString([.. _unread.Take(end + 1)]);
                _unread.RemoveRange(0, end + 1);
                Assert.EndsWith("\r\n", line, StringComparison.Ordinal);
                return line[..^2];
            }
            if (!await FillAsync())
            {
                Assert.Empty(_unread);
                return null;
            }
        }
    }

    /// <summary>Reads a reply of SMTP, its lines joined by " | "; null when the server has closed.</summary>
    public async Task<string?> ReadReplyAsync()
    {
        var lines = new List<string>();
        for (; ; )
        {
            if (await ReadLineAsync() is not { } line)
                return lines.Count == 0 ? null : throw new InvalidOperationException("The server closed inside a reply.");
            lines.Add(line);
            if (line.Length < 4 || line[3] != '-')
                return string.Join(" | ", lines);
        }
    }

    /// <summary>Reads everything up to the server's close.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await FillAsync())
        {
        }
        var text = Encoding.Latin1.GetString([.. _unread]);
        _unread.Clear();
        return text;
    }

    /// <summary>Sends a line and reads the reply.</summary>
    public async Task<string?> AskAsync(string line)
    {
        await SendAsync(line + "\r\n");
        return await ReadReplyAsync();
    }

    /// <summary>The certificate of the server in a handshake of <see cref="StartTlsAsync"/>, as DER.</summary>
    public byte[]? PeerCertificate { get; private set; }

    /// <summary>Does the client's side of a handshake, trusting anybody.</summary>
    public async Task StartTlsAsync(SslProtocols protocols = SslProtocols.None)
    {
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocols,
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        }).WaitAsync(Patience);
        PeerCertificate = tls.RemoteCertificate?.GetRawCertData();
        _stream = tls;
    }

    /// <summary>Closes the client's side; what the server still says can be read.</summary>
    public async Task CloseAsync() => await _toServer.Writer.CompleteAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _toServer.Writer.CompleteAsync();
        await _toClient.Reader.CompleteAsync();
        await _server.WaitAsync(Patience);
        _stopping.Dispose();
        _closed.Dispose();
    }

    /// <inheritdoc/>
    public void RequestClose() => _stopping.Cancel();

    private async Task<bool> FillAsync()
    {
        var reading = _stream.ReadAsync(_buffer);
        var count = reading.IsCompletedSuccessfully ? reading.Result : await reading.AsTask().WaitAsync(Patience);
        _unread.AddRange(_buffer.AsSpan(0, count));
        return count > 0;
    }

    private async Task RunAsync(Func<ConnectionContext, Task> handler, ConnectionContext context, bool elsewhere)
    {
        if (elsewhere)
            await Task.Yield();
        await handler(context);
        await _toClient.Writer.CompleteAsync();
        await _toServer.Reader.CompleteAsync();
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class WatchedWriter(PipeWriter output) : PipeWriter
    {
        private readonly TaskCompletionSource _flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<byte> _wire = [];
        private Memory<byte> _room;
        private long _most;

        public byte[] Wire
        {
            get
            {
                lock (_wire)
                    return [.. _wire];
            }
        }

        public Task Flushed => _flushed.Task;

        public long Most => Volatile.Read(ref _most);

        public override bool CanGetUnflushedBytes => true;

        public override long UnflushedBytes => output.UnflushedBytes;

        public override void Advance(int bytes)
        {
            lock (_wire)
                _wire.AddRange(_room.Span[..bytes]);
            output.Advance(bytes);
            _room = _room[bytes..]; // a writer may advance more than once
            Volatile.Write(ref _most, Math.Max(_most, output.UnflushedBytes));
        }

        public override void CancelPendingFlush() => output.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => output.Complete(exception);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            _flushed.TrySetResult();
            return output.FlushAsync(cancellationToken);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => _room = output.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
