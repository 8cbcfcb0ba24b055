// Kestrel's way into a POP3 session.
using MailFunctions.Gateway.Connections;
using Microsoft.AspNetCore.Connections;

namespace MailFunctions.Gateway.Pop3;

/// <summary>Lets a connection in, puts it under TLS where the listener demands it, and runs its session.</summary>
internal sealed class Pop3ConnectionHandler(Listener listener, Pop3Services services) : ConnectionHandler
{
    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        await using var client = services.Admission.Open(connection, services.Limits);
        KeepAlive.Enable(connection);
        var entry = await services.Admission.AdmitAsync(client, connection, listener);
        services.Log.Connected(client.Id, listener.Name, client.Address);
        if (entry != Entry.Admitted)
        {
            await RefuseAsync(client, entry);
            return;
        }
        try
        {
            await new Pop3Session(client, listener, services).RunAsync();
        }
        finally
        {
            services.Admission.Leave(client, listener);
        }
    }

    private async Task RefuseAsync(ClientConnection client, Entry entry)
    {
        services.Log.Refused(client.Id, entry);
        var reply = entry switch
        {
            Entry.TooMany => Pop3Replies.TooManyConnections,
            Entry.TalksEarly => Pop3Replies.TalksEarly,
            _ => null,
        };
        if (reply is null || listener.Tls == TlsMode.Implicit && !client.IsTls)
            return; // it expects a handshake and could not read a word
        try
        {
            reply.WriteTo(client.Output);
            await client.FlushAsync();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // it is gone already
        }
    }
}
