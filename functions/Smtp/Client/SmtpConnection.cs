// A session with another server, ready for transactions.

namespace MailFunctions.Smtp.Client;

/// <summary>
/// An open session. One transaction after the other; the caller ends it by <see cref="QuitAsync"/>. Disposing drops the connection as it stands.
/// </summary>
public sealed class SmtpConnection : IAsyncDisposable
{
    /// <summary>The recipients that every server takes in a transaction (RFC 5321 4.5.3.1.8).</summary>
    public const int UsualRecipients = 100;

    private readonly PeerWire _wire;
    private readonly SessionClock _clock;
    private readonly ClientLimits _limits;
    private bool _resets;

    internal SmtpConnection(PeerWire wire, SessionClock clock, SessionOpening opening, string host, ClientLimits limits)
    {
        _wire = wire;
        _clock = clock;
        _limits = limits;
        Extensions = opening.Extensions;
        IsVerified = opening.IsVerified;
        Host = host;
    }

    /// <summary>The server's name, as the target had it.</summary>
    public string Host { get; }

    /// <summary>What the server offers.</summary>
    public PeerExtensions Extensions { get; }

    /// <summary>Whether the session is under TLS.</summary>
    public bool IsTls => _wire.IsTls;

    /// <summary>Whether the session is under TLS with a certificate that is good for the server's name, whether or not that was demanded.</summary>
    public bool IsVerified { get; }

    /// <summary>Whether another transaction can be begun.</summary>
    public bool IsUsable => !_wire.IsBroken;

    /// <summary>How many transactions were begun.</summary>
    public int Transactions { get; private set; }

    /// <summary>The time since the session began.</summary>
    public TimeSpan Age => _clock.Age;

    /// <summary>The most recipients a transaction may have here.</summary>
    public int MaxRecipients => Math.Min(UsualRecipients, Extensions.MaxRecipients ?? UsualRecipients);

    /// <summary>
    /// Sends one message. If its source throws, the connection is dropped without the end of the message and the exception comes through: nothing was
    /// delivered.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="mayFinish">Asked once, right before the end of the message is sent; false drops the connection instead.</param>
    /// <param name="cancellationToken">
    /// Ends the wait at once and drops the connection. Once the end of the message was sent, the result is returned all the same: it must be recorded.
    /// </param>
    /// <exception cref="ArgumentException">The message has no recipient, or more than <see cref="MaxRecipients"/>.</exception>
    /// <exception cref="InvalidOperationException">The connection is of no further use.</exception>
    /// <exception cref="OperationCanceledException">The caller has cancelled, and nothing was delivered.</exception>
    public async Task<SendResult> SendAsync(OutgoingMessage message, Func<bool> mayFinish, CancellationToken cancellationToken)
    {
        if (!IsUsable)
            throw new InvalidOperationException("The connection is of no further use.");
        if (message.Recipients.Count == 0 || message.Recipients.Count > MaxRecipients)
            throw new ArgumentException($"A transaction here has 1 to {MaxRecipients} recipients.", nameof(message));
        cancellationToken.ThrowIfCancellationRequested();
        using var registration = _clock.Follow(cancellationToken);
        Transactions++;
        var transaction = new Transaction(_wire, Extensions, Host, _limits, message, mayFinish, _resets);
        SendResult result;
        try
        {
            result = await transaction.RunAsync(cancellationToken);
        }
        catch
        {
            await _wire.DisposeAsync();
            throw;
        }
        _resets = transaction.LeavesOpen;
        if (transaction.MustDrop || !IsUsable)
            await _wire.DisposeAsync();
        if (!transaction.EndSent)
            cancellationToken.ThrowIfCancellationRequested();
        return result;
    }

    /// <summary>
    /// Finds out whether the server is still there after a pause, and gives the session its whole time anew. A session that is of no further use is
    /// dropped: nothing was said against any message.
    /// </summary>
    /// <param name="budget">The time for the rest of the session.</param>
    /// <param name="cancellationToken">Drops the connection.</param>
    /// <returns>False if it is of no further use.</returns>
    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    public async Task<bool> ResumeAsync(TimeSpan budget, CancellationToken cancellationToken)
    {
        using var registration = _clock.Follow(cancellationToken);
        _clock.Renew(budget);
        if (IsUsable && await _wire.AskAsync("RSET", _limits.Farewell) is { Reply.IsSuccess: true })
        {
            _resets = false;
            return true;
        }
        await _wire.DisposeAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return false;
    }

    /// <summary>Says QUIT, waits for the reply no longer than a moment, and closes. What was delivered before is delivered; this never fails.</summary>
    public Task QuitAsync() => _wire.QuitAsync(_limits.Farewell);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _wire.DisposeAsync();
        _clock.Dispose();
    }
}
