// Sessions with other servers, and the message sent over them.
using System.Diagnostics;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Smtp.Client;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>Opens sessions as the settings demand, or goes on with one that was kept, and sends messages straight from the spool.</summary>
internal sealed class RelaySessions(SmtpClient client, KeptSessions kept, ISpool spool, RelayOptions options)
{
    /// <summary>Opens a session.</summary>
    /// <param name="site">The destination, or the smarthost.</param>
    /// <param name="host">With whom.</param>
    /// <param name="taker">The smarthost, if that is one, and what is demanded otherwise.</param>
    /// <param name="isPlain">True for another try without TLS.</param>
    /// <param name="time">The time for the whole session.</param>
    /// <param name="cancellationToken">Drops it.</param>
    public async Task<ConnectResult> OpenAsync(string site, RelayHost host, Taker taker, bool isPlain, TimeSpan time, CancellationToken cancellationToken)
    {
        using var span = RelaySpans.Connect(host);
        while (!isPlain && kept.Take(new SessionKey(site, host.Name, host.EndPoint, taker.IsEnforced)) is { } open)
        {
            var isAlive = false;
            try
            {
                isAlive = await open.ResumeAsync(time, cancellationToken);
            }
            finally
            {
                if (!isAlive)
                    await open.DisposeAsync();
            }
            if (isAlive)
                return span.Note(new ConnectResult.Connected(open), isKept: true);
        }
        var target = new ClientTarget
        {
            HostName = host.Name,
            EndPoint = host.EndPoint,
            Hello = options.Hostname.Text,
            Tls = taker.Smarthost?.Tls ?? (taker.IsEnforced ? TlsMode.Required : isPlain ? TlsMode.Never : TlsMode.Opportunistic),
            Login = taker.Smarthost?.Login,
            TrustedRoots = taker.Smarthost is { } smarthost ? smarthost.TrustedRoots : options.TrustedRoots,
        };
        return span.Note(await client.ConnectAsync(target, time, cancellationToken), isKept: false);
    }

    /// <summary>Keeps a session for the next message to the same server, or says farewell.</summary>
    /// <returns>The farewell.</returns>
    public Task LeaveAsync(string site, RelayHost host, Taker taker, SmtpConnection connection) =>
        kept.LeaveAsync(new SessionKey(site, host.Name, host.EndPoint, taker.IsEnforced), connection);

    /// <summary>
    /// Sends the message to some of its recipients. It is opened only now that a server waits for it: an open download does not outlast a slow greeting.
    /// </summary>
    /// <returns>The result of the transaction, or why there was none.</returns>
    /// <exception cref="StoreUnavailableException">The message could not be read; the connection was dropped without the final dot.</exception>
    public async Task<(SendResult? Result, AttemptEnd? End)> SendAsync(
        SmtpConnection connection, ClaimedDestination claim, IReadOnlyList<LedgerRecipient> recipients, CancellationToken cancellationToken)
    {
        switch (await spool.OpenAsync(claim.Ledger.Id, cancellationToken))
        {
            case SpoolOpening.Opened(var reader):
                await using (reader)
                {
                    var message = new OutgoingMessage
                    {
                        ReversePath = ReversePathFor(reader.Envelope, recipients),
                        Recipients = [.. recipients.Select(to => new OutgoingRecipient(to.Address) { Notify = to.Notify, Original = to.Named })],
                        Content = reader.ReadAsync,
                        Length = reader.Length,
                        EightBit = reader.Envelope.EightBitMime,
                        Utf8 = reader.Envelope.SmtpUtf8 || recipients.Any(to => !to.Address.IsAscii),
                        Return = reader.Envelope.Return,
                        EnvelopeId = reader.Envelope.EnvelopeId,
                    };
                    using var span = RelaySpans.Send(connection, claim.Row?.Name ?? "", recipients.Count);
                    try
                    {
                        return (span.Note(await connection.SendAsync(message, () => claim.IsHeld, cancellationToken)), null);
                    }
                    catch (SpoolDamagedException damage)
                    {
                        return (null, new AttemptEnd.Damaged(damage.Message));
                    }
                }
            case SpoolOpening.Missing:
                return (null, new AttemptEnd.Gone());
            case SpoolOpening.UnknownVersion(var version):
                return (null, new AttemptEnd.UnknownVersion(version));
            case SpoolOpening.Damaged(var reason):
                return (null, new AttemptEnd.Damaged(reason));
            default:
                throw new UnreachableException();
        }
    }

    // Mail that an alias of ours sends elsewhere goes under the address that was made for that.
    private static EmailAddress? ReversePathFor(Envelope envelope, IReadOnlyList<LedgerRecipient> recipients) =>
        envelope.ForwardSender is { } rewritten
        && envelope.Recipients.Any(to => to.IsForwarded && recipients.Any(recipient => recipient.Address == to.Target)) ? rewritten : envelope.ReversePath;
}
