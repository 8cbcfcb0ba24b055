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
        await using var client = services.Admission.Open(connection, services.Limits);
        var entry = await services.Admission.AdmitAsync(client, connection, listener);
        log.Connected(client.Id, listener.Name, client.Address);
        if (entry != Entry.Admitted)
        {
            await RefuseAsync(client, entry);
            return;
        }
        try
        {
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
            services.Admission.Leave(client, listener);
        }
    }

    private async Task RefuseAsync(ClientConnection client, Entry entry)
    {
        var reply = entry switch
        {
            Entry.TooMany => Replies.TooManyConnections,
            Entry.TalksEarly => Replies.TalksEarly,
            _ => null,
        };
        if (reply is null)
            return;
        log.Refused(client.Id, reply.ToString());
        if (listener.Tls == TlsMode.Upgrade || client.IsTls)
            await SayAsync(client, reply);
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
