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
        await using var client = new ClientConnection(connection, Pop3Services.Limits, services.Time, services.Options.ClientAddressHidden);
        services.Log.Connected(client.Id, listener.Name, client.Address);
        if (!services.Gate.TryEnter(client.Address))
        {
            await RefuseAsync(client);
            return;
        }
        try
        {
            KeepAlive.Enable(connection);
            if (listener.Tls == TlsMode.Implicit && !await client.HandshakeAsync(services.Tls.Of(listener)))
                services.Log.NoHandshake(client.Id);
            else
                await new Pop3Session(client, listener, services).RunAsync();
        }
        finally
        {
            services.Gate.Leave(client.Address);
        }
    }

    private async Task RefuseAsync(ClientConnection client)
    {
        services.Log.Refused(client.Id);
        if (listener.Tls == TlsMode.Implicit)
            return; // it expects a handshake and could not read a word
        try
        {
            Pop3Replies.TooManyConnections.WriteTo(client.Output);
            await client.FlushAsync();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // it is gone already
        }
    }
}
