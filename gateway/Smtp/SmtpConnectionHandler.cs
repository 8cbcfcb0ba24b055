// Kestrel's way into an SMTP session.
using MailFunctions.Gateway.Connections;
using MailFunctions.Mail.Stores;
using MailFunctions.Smtp;
using Microsoft.AspNetCore.Connections;

namespace MailFunctions.Gateway.Smtp;

/// <summary>Lets a connection in, puts it under TLS where the listener demands it, and runs its session. The one place where its exceptions end.</summary>
internal sealed class SmtpConnectionHandler(Listener listener, SmtpServices services, ILogger<SmtpConnectionHandler> log) : ConnectionHandler
{
    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        await using var client = new ClientConnection(connection, services.Limits, services.Time, services.Options.ClientAddressHidden);
        log.Connected(client.Id, listener.Name, client.Address);
        if (!services.Gate.TryEnter(client.Address))
        {
            await RefuseAsync(client);
            return;
        }
        try
        {
            if (listener.Tls == TlsMode.Implicit && !await client.HandshakeAsync(services.Tls.Of(listener)))
                return;
            // Not the connection's own token: a client may close its side behind its last octet and still be owed the message he handed over.
            await new SmtpSession(client, listener, services, log).RunAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is IOException and not StoreUnavailableException or OperationCanceledException)
        {
            log.Lost(client.Id, error.Message);
        }
        catch (Exception error)
        {
            log.Failed(client.Id, error);
            await SayAsync(client, Replies.SessionTrouble);
        }
        finally
        {
            services.Gate.Leave(client.Address);
        }
    }

    private async Task RefuseAsync(ClientConnection connection)
    {
        log.Refused(connection.Id, Replies.TooManyConnections.ToString());
        if (listener.Tls == TlsMode.Upgrade)
            await SayAsync(connection, Replies.TooManyConnections);
    }

    private static async Task SayAsync(ClientConnection connection, Reply reply)
    {
        try
        {
            reply.WriteTo(connection.Output);
            await connection.FlushAsync();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException)
        {
            // it is gone already, and was to be closed anyway
        }
    }
}
