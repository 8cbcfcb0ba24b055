// A POP3 client in memory: the other end of a connection that is handed to the gateway.
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Text;
using MailFunctions.Gateway.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace MailFunctions.Protocol.Pop3;

/// <summary>Sends and receives octets, which strings stand for one to one.</summary>
internal sealed class Pop3Client : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Pipe _toServer;
    private readonly Pipe _fromServer;
    private readonly FlushCounter _output;
    private readonly DefaultConnectionContext _context;
    private readonly Stopping _stopping = new();
    private readonly List<byte> _unread = [];
    private readonly byte[] _buffer = new byte[65_536];
    private Stream _stream;
    private string _last = "";

    /// <summary>Connects.</summary>
    /// <param name="serve">The gateway's side.</param>
    /// <param name="address">The client's address.</param>
    /// <param name="window">How many octets may be on their way to the server unread; 1 makes it see every octet alone.</param>
    public Pop3Client(Func<ConnectionContext, Task> serve, string address, int window = 65_536)
    {
        _toServer = new Pipe(new PipeOptions(pauseWriterThreshold: window, resumeWriterThreshold: window));
        _fromServer = new Pipe();
        _output = new FlushCounter(_fromServer.Writer);
        _context = new DefaultConnectionContext(
            Guid.NewGuid().ToString(), new Duplex(_toServer.Reader, _output), new Duplex(_fromServer.Reader, _toServer.Writer))
        {
            RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 40_000),
        };
        _context.Features.Set<IConnectionLifetimeNotificationFeature>(_stopping);
        _stream = new DuplexStream(new Duplex(_fromServer.Reader, _toServer.Writer));
        Served = ServeAsync(serve);
    }

    /// <summary>Ends when the gateway is done with the connection.</summary>
    public Task Served { get; }

    /// <summary>Whether the gateway has cut the connection off.</summary>
    public bool IsAborted => _context.ConnectionClosed.IsCancellationRequested;

    /// <summary>Tells the session that the gateway stops.</summary>
    public void Stop() => _stopping.Source.Cancel();

    /// <summary>Whether what is sent waits until the server has said something, as POP3 wants it.</summary>
    public bool WaitsForGreeting { get; set; } = true;

    /// <summary>Sends octets in one piece.</summary>
    public async Task SendAsync(string octets)
    {
        if (WaitsForGreeting)
            await Task.WhenAny(_output.Flushed, Served).WaitAsync(Patience);
        try
        {
            await _stream.WriteAsync(Encoding.Latin1.GetBytes(octets)).AsTask().WaitAsync(Patience);
            await _stream.FlushAsync().WaitAsync(Patience);
        }
        catch (InvalidOperationException) when (Served.IsCompleted)
        {
            // the gateway has closed the connection
        }
    }

    /// <summary>Sends a command and reads the first line of the answer.</summary>
    public async Task<string> SayAsync(string command)
    {
        await SendAsync($"{command}\r\n");
        return await ReadLineAsync();
    }

    /// <summary>Logs in and reads all replies up to there; the last one must be <paramref name="expected"/>.</summary>
    public async Task LogInAsync(string expected = "+OK Logged in")
    {
        Assert.StartsWith("+OK ", await ReadLineAsync());
        Assert.StartsWith("+OK ", await SayAsync("USER alice@example.test"));
        Assert.Equal(expected, await SayAsync("PASS secret"));
    }

    /// <summary>Reads a line, without its end.</summary>
    public async Task<string> ReadLineAsync() => (await ReadOctetLineAsync())[..^2];

    // Up to CR LF; a bare LF ends no line.
    private async Task<string> ReadOctetLineAsync()
    {
        for (var from = 0; ;)
        {
            var end = _unread.IndexOf((byte)'\n', from);
            if (end >= 0)
            {
                if (end > 0 && _unread[end - 1] == '\r')
                    return Take(end + 1);
                from = end + 1;
                continue;
            }
            if (!await ReadMoreAsync())
                Assert.Fail($"The server closed the connection after '{_last}'.");
        }
    }

    /// <summary>Reads what follows the first line of a multi-line answer, up to its final dot, the stuffed dots taken off.</summary>
    public async Task<string> ReadContentAsync()
    {
        var content = new StringBuilder();
        for (; ; )
        {
            var line = await ReadOctetLineAsync();
            if (line == ".\r\n")
                return content.ToString();
            content.Append(line.StartsWith('.') ? line[1..] : line);
        }
    }

    /// <summary>Reads everything up to the end of the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await ReadMoreAsync())
        {
        }
        await Served.WaitAsync(Patience);
        return Take(_unread.Count);
    }

    /// <summary>Whether the server has sent something that was not read yet.</summary>
    public bool HasUnread => _unread.Count > 0 || _fromServer.Reader.TryRead(out var result) && Keep(result);

    /// <summary>How often the gateway has sent something.</summary>
    public int Flushes => _output.Flushes;

    /// <summary>Puts the connection under TLS.</summary>
    public async Task StartTlsAsync()
    {
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate?.Subject == "CN=mail.example.test");
        await tls.AuthenticateAsClientAsync("mail.example.test").WaitAsync(Patience);
        _stream = tls;
    }

    /// <summary>Closes the client's side, as a client does that has said all.</summary>
    public ValueTask CloseAsync() => _toServer.Writer.CompleteAsync();

    /// <summary>Breaks the connection, as a client does that is gone.</summary>
    public async Task BreakAsync()
    {
        await _toServer.Writer.CompleteAsync(new ConnectionResetException("reset"));
        await _fromServer.Reader.CompleteAsync();
        await Served.WaitAsync(Patience);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _toServer.Writer.CompleteAsync();
        await _fromServer.Reader.CompleteAsync();
        await Served.WaitAsync(Patience); // the context is not disposed: it cancels on a thread of its own when it is aborted
    }

    private async Task ServeAsync(Func<ConnectionContext, Task> serve)
    {
        await using var abort = _context.ConnectionClosed.Register(() => _fromServer.Reader.Complete());
        try
        {
            await Task.Run(() => serve(_context));
        }
        finally
        {
            await _toServer.Reader.CompleteAsync();
            await _fromServer.Writer.CompleteAsync();
        }
    }

    private async Task<bool> ReadMoreAsync()
    {
        int count;
        try
        {
            count = await _stream.ReadAsync(_buffer).AsTask().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The server says nothing more; the last it said was '{_last}'.");
        }
        _unread.AddRange(_buffer.AsSpan(0, count));
        return count > 0;
    }

    private bool Keep(ReadResult result)
    {
        _fromServer.Reader.AdvanceTo(result.Buffer.Start);
        return !result.Buffer.IsEmpty;
    }

    private string Take(int count)
    {
        _last = Encoding.Latin1.GetString([.. _unread[..count]]);
        _unread.RemoveRange(0, count);
        return _last;
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class FlushCounter(PipeWriter output) : PipeWriter
    {
        private readonly TaskCompletionSource _flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _flushes;

        public Task Flushed => _flushed.Task;

        public int Flushes => Volatile.Read(ref _flushes);

        public override bool CanGetUnflushedBytes => true;

        public override long UnflushedBytes => output.UnflushedBytes;

        public override void Advance(int bytes) => output.Advance(bytes);

        public override void CancelPendingFlush() => output.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => output.Complete(exception);

        public override Memory<byte> GetMemory(int sizeHint = 0) => output.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => output.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _flushes);
            _flushed.TrySetResult();
            return output.FlushAsync(cancellationToken);
        }
    }

    private sealed class Stopping : IConnectionLifetimeNotificationFeature
    {
        public CancellationTokenSource Source { get; } = new();

        public CancellationToken ConnectionClosedRequested
        {
            get => Source.Token;
            set => throw new NotSupportedException();
        }

        public void RequestClose() => Source.Cancel();
    }
}
