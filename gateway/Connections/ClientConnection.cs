// One client's connection: lines and octets in, octets out, in clear or under TLS, each wait with its limit.
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using MailFunctions.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace MailFunctions.Gateway.Connections;

/// <summary>The client took longer than it may.</summary>
internal sealed class ClientTooSlowException() : IOException("The client took too long.");

/// <summary>The gateway is stopping; the client should come back.</summary>
internal sealed class GatewayStoppingException() : IOException("The gateway is stopping.");

/// <summary>What sessions of all protocols need of a connection.</summary>
internal sealed class ClientConnection : IAsyncDisposable
{
    // Replies to pipelined commands leave together, but never are more octets than this held back: a client may pipeline for as long as it likes.
    private const int MostUnflushed = 16_384;

    private readonly ConnectionContext _context;
    private readonly TimeProvider _time;
    private Deadline _deadline;
    private readonly CancellationToken _stopping;
    private SslStream? _tls;

    public ClientConnection(ConnectionContext context, WireLimits limits, TimeProvider time, bool addressHidden)
    {
        _context = context;
        _time = time;
        _deadline = new Deadline(time);
        _stopping = context.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        Limits = limits;
        Input = context.Transport.Input;
        Output = context.Transport.Output;
        Lines = new LineReader(Input);
        if (!addressHidden && context.RemoteEndPoint is IPEndPoint { Address: var address })
            Address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    /// <summary>The name of this connection in the log.</summary>
    public string Id => _context.ConnectionId;

    /// <summary>The client's address, or null where it is hidden behind a proxy.</summary>
    public IPAddress? Address { get; }

    /// <summary>The limits in force.</summary>
    public WireLimits Limits { get; }

    /// <summary>True once a handshake has succeeded.</summary>
    public bool IsTls => _tls is not null;

    /// <summary>What the client sends, in clear text at this layer. Another object after the upgrade.</summary>
    public PipeReader Input { get; private set; }

    /// <summary>What the client gets; sent by <see cref="FlushAsync"/>. Another object after the upgrade.</summary>
    public PipeWriter Output { get; private set; }

    /// <summary>Lines of <see cref="Input"/>. Another object after the upgrade.</summary>
    public LineReader Lines { get; private set; }

    /// <summary>The next line; if it has not come yet, everything written is sent before the wait (RFC 2920 3.2); much of it also before.</summary>
    /// <param name="limit">The most octets, CR LF included.</param>
    /// <param name="wait">How long the client may take.</param>
    /// <exception cref="ClientTooSlowException">It took longer.</exception>
    /// <exception cref="GatewayStoppingException">The gateway stops before a line has come.</exception>
    public async ValueTask<Line> ReadLineAsync(int limit, TimeSpan wait)
    {
        if (Output.UnflushedBytes >= MostUnflushed)
            await FlushAsync();
        if (Lines.TryRead(limit, out var line))
            return line;
        await FlushAsync();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, _stopping);
        _deadline.Start(wait);
        try
        {
            return await Lines.ReadAsync(limit, either.Token);
        }
        catch (OperationCanceledException) when (_deadline.Token.IsCancellationRequested)
        {
            throw TooSlow();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw new GatewayStoppingException();
        }
        finally
        {
            _deadline.Stop();
        }
    }

    /// <summary>Reads content, each pause limited.</summary>
    /// <exception cref="ClientTooSlowException">The client paused for too long.</exception>
    /// <exception cref="EndOfStreamException">The client closed before the end.</exception>
    public async ValueTask<int> ReadContentAsync(IContentReader content, Memory<byte> destination)
    {
        _deadline.Start(Limits.ContentPause);
        try
        {
            return await content.ReadAsync(destination, _deadline.Token);
        }
        catch (OperationCanceledException) when (_deadline.Token.IsCancellationRequested)
        {
            throw TooSlow();
        }
        finally
        {
            _deadline.Stop();
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
            // What it does not read would keep the connection for as long as it likes.
            _context.Abort(new ConnectionAbortedException("The client does not read."));
            throw new ClientTooSlowException();
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
            await tls.DisposeAsync();
            return false;
        }
        finally
        {
            _deadline.Stop();
        }
        _tls = tls;
        // Zero-byte reads: an idle connection holds no buffer.
        Input = PipeReader.Create(tls, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true));
        Output = PipeWriter.Create(tls, new StreamPipeWriterOptions(leaveOpen: true));
        Lines = new LineReader(Input);
        return true;
    }

    // A limit that has passed stays so, and what is still to be said needs one that has not.
    private ClientTooSlowException TooSlow()
    {
        _deadline.Dispose();
        _deadline = new Deadline(_time);
        return new ClientTooSlowException();
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
