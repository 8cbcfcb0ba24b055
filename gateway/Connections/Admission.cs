// The way of a connection up to the greeting.
using System.Net;
using MailFunctions.Wire;
using Microsoft.AspNetCore.Connections;

namespace MailFunctions.Gateway.Connections;

/// <summary>What becomes of a connection.</summary>
internal enum Entry
{
    /// <summary>Its session may begin; when it has ended, it leaves.</summary>
    Admitted,

    /// <summary>There are too many: to be told so where it can be read, and closed.</summary>
    TooMany,

    /// <summary>It did not wait for the greeting: to be told so, and closed.</summary>
    TalksEarly,

    /// <summary>To be closed without a word.</summary>
    Gone,
}

/// <summary>Hears the proxies of ours, counts connections in, puts those under TLS whose listener demands it, and sends away whoever talks before he is greeted.</summary>
internal sealed class Admission(GatewayOptions options, ConnectionGate gate, TlsListeners tls, GatewayMetrics metrics, TimeProvider time)
{
    private readonly IReadOnlyList<IPNetwork> _proxies = options.ParseProxyNetworks();

    /// <summary>Makes the client's side of a connection that has just been accepted.</summary>
    public ClientConnection Open(ConnectionContext context, WireLimits limits) => new(context, limits, time, metrics, options.ClientAddressHidden);

    /// <summary>Brings it to where its session can begin.</summary>
    public async Task<Entry> AdmitAsync(ClientConnection client, ConnectionContext context, Listener listener)
    {
        if (_proxies.Count > 0 && IsProxy(context.RemoteEndPoint) && !await HearProxyAsync(client, context))
        {
            metrics.Refused(listener, "NoProxyHeader");
            return Entry.Gone;
        }
        if (!gate.TryEnter(client.Address, out var limit))
        {
            metrics.LimitHit(limit);
            metrics.Refused(listener, limit);
            return Entry.TooMany;
        }
        metrics.Entered(listener);
        var entry = await PrepareAsync(client, listener);
        if (entry != Entry.Admitted)
            Leave(client, listener);
        return entry;
    }

    /// <summary>Counts an admitted connection out.</summary>
    public void Leave(ClientConnection client, Listener listener)
    {
        gate.Leave(client.Address);
        metrics.Left(listener);
    }

    private bool IsProxy(EndPoint? peer) => peer is IPEndPoint { Address: var address }
        && _proxies.Any(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));

    // A proxy of ours always says for whom it speaks, before anything else; what it says stands in place of its own address.
    private async Task<bool> HearProxyAsync(ClientConnection client, ConnectionContext context)
    {
        using var deadline = new Deadline(time);
        deadline.Start(client.Limits.ProxyHeader);
        try
        {
            (var isWhole, client.Address) = await ProxyHeader.TakeAsync(context.Transport.Input, deadline.Token);
            return isWhole;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            if (deadline.Token.IsCancellationRequested)
                metrics.LimitHit(nameof(LimitOptions.ProxyHeader));
            return false;
        }
    }

    private async Task<Entry> PrepareAsync(ClientConnection client, Listener listener)
    {
        if (listener.Tls == TlsMode.Implicit && !await client.HandshakeAsync(tls.Of(listener)))
        {
            metrics.Refused(listener, "NoHandshake");
            return Entry.Gone;
        }
        // RFC 5321 4.3.1: the client waits for the greeting. One that does not is no mail client, or speaks for somebody else.
        if (!client.Lines.HasInput())
            return Entry.Admitted;
        metrics.Refused(listener, "EarlyTalker");
        return Entry.TalksEarly;
    }
}
