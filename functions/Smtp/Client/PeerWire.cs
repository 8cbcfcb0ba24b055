// The connection to another server: command lines out, replies in, in clear or under TLS, each wait with its limit.
using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using MailFunctions.Mail;

namespace MailFunctions.Smtp.Client;

/// <summary>What came instead of a reply, or the reply.</summary>
/// <param name="Reply">The reply, or null.</param>
/// <param name="Lines">All the lines that were kept of it, more than the reply keeps.</param>
/// <param name="Cause">What happened, where there is no reply.</param>
internal readonly record struct Answer(RemoteReply? Reply, IReadOnlyList<string> Lines, TroubleCause Cause);

/// <summary>
/// Octets to and from the peer. Broken I/O does not leave this class as an exception: after it, every reply is "disconnected" or "timed out".
/// </summary>
internal sealed class PeerWire : IAsyncDisposable
{
    /// <summary>The longest command line, its CR LF included (RFC 5321 4.5.3.1.4).</summary>
    public const int MaxCommandLine = 512;

    /// <summary>The longest line of a SASL exchange, its CR LF included (RFC 4954 4).</summary>
    public const int MaxSaslLine = 12_288;

    private const int SegmentSize = 32_768; // as large as the blocks in which content is sent: a write each

    private readonly SessionClock _clock;
    private Stream _stream;
    private PipeReader _input;
    private ReplyReader _replies;
    private Task<RawReply>? _ahead;
    private bool _isDisposed;

    public PeerWire(Stream stream, SessionClock clock)
    {
        _clock = clock;
        _stream = stream;
        (_input, Output, _replies) = Open(stream);
    }

    /// <summary>Where content is written; sent by <see cref="FlushAsync"/>.</summary>
    public PipeWriter Output { get; private set; }

    /// <summary>True once a handshake has succeeded.</summary>
    public bool IsTls { get; private set; }

    /// <summary>True when nothing more can be said or heard.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether the peer has spoken, or gone, since <see cref="ListenAhead"/>.</summary>
    public bool HasAnswer => _ahead is { IsCompleted: true };

    /// <summary>Writes a command line; it leaves with the next flush.</summary>
    /// <exception cref="InvalidOperationException">It is too long, or has an octet that no command has: a bug, and nothing was written.</exception>
    public void WriteLine(string line, int limit = MaxCommandLine)
    {
        if (Encoding.UTF8.GetByteCount(line) > limit - 2 || line.AsSpan().ContainsAnyInRange('\0', '\x1f') || line.AsSpan().ContainsAnyInRange('\x7f', '\x9f'))
            throw new InvalidOperationException("A command line is too long or has a character that none may have.");
        Encoding.UTF8.GetBytes(line, Output); // beyond ASCII in addresses only, and behind SMTPUTF8 (RFC 6531 3.3)
        Output.Write("\r\n"u8);
    }

    /// <summary>Sends what was written. Trouble shows in the next reply.</summary>
    /// <param name="limit">How long it may take, or null where another wait runs at the same time.</param>
    /// <returns>False if the connection is broken.</returns>
    public async Task<bool> FlushAsync(TimeSpan? limit)
    {
        if (limit is { } wait)
            _clock.Start(wait);
        try
        {
            await Output.FlushAsync(_clock.Token);
            return true;
        }
        catch (Exception error) when (IsBreakage(error))
        {
            IsBroken = true;
            return false;
        }
        finally
        {
            if (limit is not null)
                _clock.Stop();
        }
    }

    /// <summary>Waits for a flush that was begun without a limit.</summary>
    public async Task FinishAsync(Task<bool> flushing, TimeSpan limit)
    {
        if (IsBroken)
            _clock.End();
        _clock.Start(limit);
        await flushing;
        _clock.Stop();
    }

    /// <summary>
    /// Begins to wait for the next reply while we are still sending: what is said before the message has ended cannot be its acceptance, and a peer that
    /// has gone needs no more content.
    /// </summary>
    public void ListenAhead() => _ahead = _replies.ReadAsync(_clock.Token);

    /// <summary>The next reply.</summary>
    /// <param name="limit">How long the peer may take for the whole of it.</param>
    public async Task<Answer> ReadReplyAsync(TimeSpan limit)
    {
        _clock.Start(limit);
        try
        {
            var raw = await (_ahead ?? _replies.ReadAsync(_clock.Token));
            if (raw.Status == ReplyStatus.Reply)
                return new Answer(new RemoteReply(raw.Code, raw.Lines), raw.Lines, TroubleCause.Refused);
            IsBroken = true;
            return new Answer(null, [], raw.Status == ReplyStatus.Malformed ? TroubleCause.Malformed : TroubleCause.Disconnected);
        }
        catch (Exception error) when (IsBreakage(error))
        {
            IsBroken = true;
            return new Answer(null, [], _clock.Token.IsCancellationRequested ? TroubleCause.TimedOut : TroubleCause.Disconnected);
        }
        finally
        {
            _ahead = null;
            _clock.Stop();
        }
    }

    /// <summary>Sends a command and waits for its reply. A reply is looked for even if the command could not be sent: the peer may have said why.</summary>
    public async Task<Answer> AskAsync(string command, TimeSpan limit, int lineLimit = MaxCommandLine)
    {
        WriteLine(command, lineLimit);
        await FlushAsync(limit);
        return await ReadReplyAsync(limit);
    }

    /// <summary>Whether the peer has sent something that no reply has taken.</summary>
    public bool HasInput() => _replies.HasInput();

    /// <summary>Does the client's side of a handshake; reader and writer are made anew, so that nothing said in clear can be heard afterwards.</summary>
    /// <returns>Why it failed, or null.</returns>
    public async Task<string?> HandshakeAsync(SslClientAuthenticationOptions options, TimeSpan limit)
    {
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = tls;
        _clock.Start(limit);
        try
        {
            await tls.AuthenticateAsClientAsync(options, _clock.Token);
        }
        catch (Exception error) when (IsBreakage(error) || error is AuthenticationException or InvalidOperationException)
        {
            IsBroken = true;
            return error is OperationCanceledException ? "it took too long" : (error.InnerException ?? error).Message;
        }
        finally
        {
            _clock.Stop();
        }
        Release();
        (_input, Output, _replies) = Open(tls);
        IsTls = true;
        return null;
    }

    /// <summary>Says QUIT if there is anybody to say it to, waits for the reply a moment, and closes. Never fails.</summary>
    public async Task QuitAsync(TimeSpan limit)
    {
        if (!IsBroken)
        {
            await AskAsync("QUIT", limit);
            if (!IsBroken && _stream is SslStream tls)
                await CloseTlsAsync(tls, limit);
        }
        await DisposeAsync();
    }

    /// <summary>Drops the connection; nothing more is sent.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        IsBroken = true;
        _clock.End();
        await _stream.DisposeAsync();
        if (_ahead is { } ahead)
            await ((Task)ahead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Release();
    }

    // RFC 8446 6.1: the end is said, so that the peer can tell it from an interruption.
    private async Task CloseTlsAsync(SslStream tls, TimeSpan limit)
    {
        _clock.Start(limit);
        try
        {
            await tls.ShutdownAsync().WaitAsync(_clock.Token);
        }
        catch (Exception error) when (IsBreakage(error) || error is InvalidOperationException)
        {
            // the peer was faster
        }
        finally
        {
            _clock.Stop();
        }
    }

    // Gives the buffers back. Told of an error, the writer does not send what it still holds.
    private void Release()
    {
        _input.Complete();
        Output.Complete(new IOException("The connection was dropped."));
    }

    private static (PipeReader Input, PipeWriter Output, ReplyReader Replies) Open(Stream stream)
    {
        var input = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        return (input, PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: SegmentSize, leaveOpen: true)), new ReplyReader(input));
    }

    private static bool IsBreakage(Exception error) =>
        error is IOException or SocketException or OperationCanceledException or ObjectDisposedException;
}
