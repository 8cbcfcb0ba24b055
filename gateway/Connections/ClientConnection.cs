// One client's connection: lines and octets in, octets out, in clear or under TLS, each wait with its limit.
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MailFunctions.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace MailFunctions.Gateway.Connections;

/// <summary>What sessions of all protocols need of a connection.</summary>
internal sealed class ClientConnection : IAsyncDisposable
{
    // Replies to pipelined commands leave together, but never are more octets than this held back: a client may pipeline for as long as it likes.
    private const int MostUnflushed = 16_384;

    // What a client begins with that means to speak TLS: a handshake record (RFC 8446 5.1). No command begins so.
    private const int TlsHandshakeRecord = 0x16;

    private readonly ConnectionContext _context;
    private readonly TimeProvider _time;
    private readonly long _opened;
    private readonly Deadline _deadline;
    private readonly CancellationToken _stopping;
    private readonly DrainEnd _drainEnd;
    private ContentPace? _pace;
    private long _waitUntil;
    private SslStream? _tls;
    private byte[]? _endPointBinding;

    public ClientConnection(ConnectionContext context, WireLimits limits, TimeProvider time, GatewayMetrics metrics, bool addressHidden)
    {
        _context = context;
        _time = time;
        _opened = time.GetTimestamp();
        _deadline = new Deadline(time);
        _stopping = context.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        _drainEnd = new DrainEnd(time, limits.Drain);
        Limits = limits;
        Metrics = metrics;
        Conduct = new Conduct(limits, metrics);
        Input = context.Transport.Input;
        Output = context.Transport.Output;
        Lines = new LineReader(Input);
        if (!addressHidden && context.RemoteEndPoint is IPEndPoint { Address: var address })
            Address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    /// <summary>The name of this connection in the log.</summary>
    public string Id => _context.ConnectionId;

    /// <summary>The client's address, or null where it is hidden behind a proxy; set where the proxy tells it.</summary>
    public IPAddress? Address { get; set; }

    /// <summary>The limits in force.</summary>
    public WireLimits Limits { get; }

    /// <summary>What is counted for whoever watches the gateway.</summary>
    public GatewayMetrics Metrics { get; }

    /// <summary>What the client has done so far that good clients do seldom.</summary>
    public Conduct Conduct { get; }

    /// <summary>How long a client that has not logged in may be silent now: never beyond the end of its session.</summary>
    public TimeSpan StrangerIdle => TimeSpan.FromTicks(Math.Min(Limits.Idle.Ticks, (Limits.Session - _time.GetElapsedTime(_opened)).Ticks));

    /// <summary>True once a handshake has succeeded.</summary>
    public bool IsTls => _tls is not null;

    /// <summary>The version of TLS, or null in clear.</summary>
    public string? TlsVersion => _tls?.SslProtocol.ToString();

    /// <summary>What binds a login to the certificate of this connection (RFC 5929 4), or null without TLS or where the certificate has no such thing.</summary>
    /// <remarks>.NET itself gives this binding to clients only, and no exporter (RFC 9266) to anybody.</remarks>
    public byte[]? EndPointBinding => _endPointBinding ??= _tls?.LocalCertificate is X509Certificate2 certificate ? Connections.EndPointBinding.Of(certificate) : null;

    /// <summary>What the client sends, in clear text at this layer. Another object after the upgrade.</summary>
    public PipeReader Input { get; private set; }

    /// <summary>What the client gets; sent by <see cref="FlushAsync"/>. Another object after the upgrade.</summary>
    public PipeWriter Output { get; private set; }

    /// <summary>Lines of <see cref="Input"/>. Another object after the upgrade.</summary>
    public LineReader Lines { get; private set; }

    /// <summary>
    /// The next line; if it has not come yet, everything written is sent before the wait (RFC 2920 3.2); much of it also before. Once it has begun,
    /// <see cref="WireLimits.Command"/> is the limit for the whole of it.
    /// </summary>
    /// <param name="limit">The most octets, CR LF included.</param>
    /// <param name="wait">How long the client may be silent before it.</param>
    /// <exception cref="ClientTooSlowException">It took longer.</exception>
    /// <exception cref="GatewayStoppingException">The gateway stops before a line has come.</exception>
    public async ValueTask<Line> ReadLineAsync(int limit, TimeSpan wait)
    {
        if (_stopping.IsCancellationRequested)
            throw new GatewayStoppingException();
        if (wait <= TimeSpan.Zero)
            throw TooSlow(nameof(WireLimits.Session));
        if (Conduct.TakePause() is var pause && pause > TimeSpan.Zero)
            await PauseAsync(pause);
        if (Output.UnflushedBytes >= MostUnflushed)
            await FlushAsync();
        if (Lines.TryRead(limit, out var line))
            return line;
        await FlushAsync();
        var passing = wait < Limits.Idle ? nameof(WireLimits.Session) : nameof(WireLimits.Idle);
        var stop = _stopping.UnsafeRegister(static deadline => ((Deadline)deadline!).Pass(), _deadline);
        try
        {
            if (!Lines.HasBegun)
            {
                _deadline.Start(wait);
                if (await Lines.PeekAsync(_deadline.Token) == TlsHandshakeRecord && !IsTls)
                    return new Line(LineStatus.End, default); // as if it had hung up: it could not read what we say, nor we what it says
                if (Lines.TryRead(limit, out line))
                    return line;
            }
            passing = nameof(WireLimits.Command);
            _deadline.Start(Limits.Command);
            return await Lines.ReadAsync(limit, _deadline.Token);
        }
        catch (OperationCanceledException) when (_deadline.Token.IsCancellationRequested)
        {
            throw _stopping.IsCancellationRequested ? new GatewayStoppingException() : TooSlow(passing);
        }
        finally
        {
            EndWait(stop);
        }
    }

    /// <summary>Reads content, which must not come more slowly than <see cref="WireLimits.MinBytesPerSecond"/>.</summary>
    /// <exception cref="ClientTooSlowException">It does.</exception>
    /// <exception cref="GatewayStoppingException">The gateway stops, and <see cref="WireLimits.Drain"/> has passed since.</exception>
    /// <exception cref="EndOfStreamException">The client closed before the end.</exception>
    public async ValueTask<int> ReadContentAsync(IContentReader content, Memory<byte> destination)
    {
        if (_stopping.IsCancellationRequested && _drainEnd.HasPassed)
            throw new GatewayStoppingException();
        if (_pace?.Content != content)
            _pace = new ContentPace(content, Limits);
        var reading = content.ReadAsync(destination, _deadline.Token);
        if (reading.IsCompleted)
        {
            var ready = await reading;
            _pace.Add(ready, TimeSpan.Zero);
            return ready;
        }
        var started = _time.GetTimestamp();
        var count = await WaitAsync(reading, After(started, _pace.Allowance));
        _pace.Add(count, _time.GetElapsedTime(started));
        return count;
    }

    private async ValueTask<int> WaitAsync(ValueTask<int> reading, long until)
    {
        _waitUntil = until;
        _deadline.Start(_time.GetElapsedTime(_time.GetTimestamp(), until));
        var stop = _stopping.UnsafeRegister(static connection => ((ClientConnection)connection!).Drain(), this);
        try
        {
            return await reading;
        }
        catch (OperationCanceledException) when (_deadline.Token.IsCancellationRequested)
        {
            // Which limit it was, not what time it is: a timer of the system may be a little early.
            throw _stopping.IsCancellationRequested && _drainEnd.At <= _waitUntil
                ? new GatewayStoppingException() : TooSlow(nameof(WireLimits.MinBytesPerSecond));
        }
        finally
        {
            EndWait(stop);
        }
    }

    // The gateway stops while content is waited for: there is an end to it now, unless the client is too slow before.
    private void Drain() => _deadline.Start(_time.GetElapsedTime(_time.GetTimestamp(), Math.Min(_waitUntil, _drainEnd.At)));

    // A limit that has passed stays so, also if it passed just behind what it was for; the next wait needs one that has not.
    private void EndWait(CancellationTokenRegistration stop)
    {
        stop.Dispose(); // waits for a callback that is under way
        _deadline.Renew();
    }

    private ClientTooSlowException TooSlow(string limit)
    {
        Metrics.LimitHit(limit);
        return new ClientTooSlowException(limit);
    }

    private long After(long timestamp, TimeSpan time) => timestamp + (long)(time.TotalSeconds * _time.TimestampFrequency);

    // Whoever makes many errors waits, and what he has been answered waits with him.
    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _time, _stopping);
        }
        catch (OperationCanceledException)
        {
            throw new GatewayStoppingException();
        }
    }

    /// <summary>Sends what has been written.</summary>
    /// <exception cref="ClientTooSlowException">The client does not read it.</exception>
    /// <exception cref="IOException">The connection is gone.</exception>
    public async ValueTask FlushAsync()
    {
        if (Output.UnflushedBytes == 0)
            return;
        _deadline.Start(Limits.Write);
        try
        {
            var result = await Output.FlushAsync(_deadline.Token);
            if (result.IsCompleted)
                throw new IOException("The client has closed the connection.");
        }
        catch (OperationCanceledException) when (_deadline.Token.IsCancellationRequested)
        {
            _context.Abort(new ConnectionAbortedException("The client does not read.")); // unread, it would keep the connection for as long as it likes
            throw TooSlow(nameof(WireLimits.Write));
        }
        finally
        {
            _deadline.Stop();
        }
    }

    /// <summary>
    /// Puts a connection that began in clear under TLS: sends the reply that was written, then does the handshake. Anything the client had sent in clear
    /// beyond the command ends the connection (RFC 3207 4.2, CVE-2011-0411).
    /// </summary>
    /// <returns>False if there will be no TLS: close.</returns>
    public async Task<bool> UpgradeAsync(SslServerAuthenticationOptions options)
    {
        var injected = Lines.HasInput(); // asked before the reply leaves: behind it the client's handshake may come at once
        await FlushAsync();
        return !injected && !IsTls && await HandshakeAsync(options);
    }

    /// <summary>
    /// Does the server's side of a handshake. Reader and writer are made anew, so that nothing said in clear can be heard afterwards.
    /// </summary>
    /// <returns>False if there will be no TLS: close.</returns>
    public async Task<bool> HandshakeAsync(SslServerAuthenticationOptions options)
    {
        var tls = new SslStream(new DuplexStream(_context.Transport), leaveInnerStreamOpen: false);
        _deadline.Start(Limits.Handshake);
        try
        {
            await tls.AuthenticateAsServerAsync(options, _deadline.Token);
        }
        catch (Exception error) when (error is AuthenticationException or IOException or OperationCanceledException or InvalidOperationException)
        {
            if (_deadline.Token.IsCancellationRequested)
                Metrics.LimitHit(nameof(WireLimits.Handshake));
            await tls.DisposeAsync();
            return false;
        }
        finally
        {
            _deadline.Stop();
        }
        _tls = tls;
        Input = PipeReader.Create(tls, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true)); // an idle connection holds no buffer
        Output = PipeWriter.Create(tls, new StreamPipeWriterOptions(leaveOpen: true));
        Lines = new LineReader(Input);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_tls is not null)
        {
            // The last octets and the close_notify wait for a client to read them, but not for long.
            _deadline.Start(Limits.Handshake);
            await using var abort = _deadline.Token.Register(_context.Abort);
            try
            {
                await Input.CompleteAsync();
                await Output.CompleteAsync();
                await _tls.ShutdownAsync();
            }
            catch (Exception error) when (error is IOException or InvalidOperationException or ObjectDisposedException or OperationCanceledException)
            {
                // the client was faster
            }
            await _tls.DisposeAsync();
        }
        _deadline.Dispose();
    }
}
