// Begins sessions with other servers.
using MailFunctions.Mail;

namespace MailFunctions.Smtp.Client;

/// <summary>What came of beginning a session.</summary>
public abstract record ConnectResult
{
    private ConnectResult()
    {
    }

    /// <summary>A session, ready for transactions.</summary>
    public sealed record Connected(SmtpConnection Connection) : ConnectResult;

    /// <summary>None; the trouble's scope is always the site. Nothing is left open.</summary>
    public sealed record Failed(ClientTrouble Trouble) : ConnectResult;
}

/// <summary>
/// The client's side of RFC 5321: one session with one address of one server at a time. Which address, what after trouble, and when again is the
/// caller's business.
/// </summary>
public sealed class SmtpClient(IConnector connector, ClientLimits limits, TimeProvider time)
{
    /// <summary>Connects, greets, and does what the target demands of TLS and login.</summary>
    /// <param name="target">Whom to speak to, and how.</param>
    /// <param name="budget">The time for the whole session, to the end of its last transaction; every wait ends with it.</param>
    /// <param name="cancellationToken">Ends it; nothing is left open.</param>
    /// <exception cref="ArgumentException">A login is to be used without verified TLS, or our own name is none.</exception>
    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    public async Task<ConnectResult> ConnectAsync(ClientTarget target, TimeSpan budget, CancellationToken cancellationToken)
    {
        if (target.Login is not null && !target.VerifiesCertificate)
            throw new ArgumentException("A password is sent only to a server whose certificate is verified.", nameof(target));
        if (!DomainName.TryParse(target.Hello, out _))
            throw new ArgumentException("EHLO needs a host name or an address literal.", nameof(target));
        cancellationToken.ThrowIfCancellationRequested();
        var clock = new SessionClock(time, budget);
        var result = await BeginAsync(target, clock, cancellationToken);
        if (result is ConnectResult.Connected)
            return result;
        clock.Dispose();
        cancellationToken.ThrowIfCancellationRequested();
        return result;
    }

    private async Task<ConnectResult> BeginAsync(ClientTarget target, SessionClock clock, CancellationToken cancellationToken)
    {
        using var registration = clock.Follow(cancellationToken);
        var (stream, trouble) = await DialAsync(target, clock);
        if (stream is null)
            return new ConnectResult.Failed(trouble!);
        var wire = new PeerWire(stream, clock);
        var opening = new SessionOpening(wire, target, limits);
        if (await opening.RunAsync() is not { } failure)
            return new ConnectResult.Connected(new SmtpConnection(wire, clock, opening, target.HostName, limits));
        var isPolite = failure.Reply is { Code: not 421 } || failure.Cause is TroubleCause.NoTls or TroubleCause.NoLogin;
        await (isPolite ? wire.QuitAsync(limits.Farewell) : wire.DisposeAsync().AsTask());
        return new ConnectResult.Failed(failure);
    }

    private async Task<(Stream? Stream, ClientTrouble? Trouble)> DialAsync(ClientTarget target, SessionClock clock)
    {
        var (cause, why) = (TroubleCause.TimedOut, (string?)null);
        clock.Start(limits.Connect);
        try
        {
            switch (await connector.DialAsync(target.EndPoint, clock.Token))
            {
                case Dialled.Open open:
                    return (open.Stream, null);
                case Dialled.Refused refused:
                    (cause, why) = (TroubleCause.AddressRefused, refused.Reason);
                    break;
                case Dialled.Unreachable unreachable:
                    (cause, why) = (TroubleCause.Unreachable, unreachable.Reason);
                    break;
            }
        }
        catch (OperationCanceledException) when (clock.Token.IsCancellationRequested)
        {
            // timed out, as assumed; or cancelled by the caller, who is told so
        }
        finally
        {
            clock.Stop();
        }
        return (null, ClientTrouble.OfSite(ClientStage.Connect, cause, target.HostName, why));
    }
}
