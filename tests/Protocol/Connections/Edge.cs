// All five listeners over stores in memory: what must be so at one must be so at each.
using System.Net.Security;
using MailFunctions.Gateway;
using MailFunctions.Protocol.Pop3;
using MailFunctions.Protocol.Smtp;
using MailFunctions.Rig.Memory;

namespace MailFunctions.Protocol.Connections;

/// <summary>A gateway whose sessions at all listeners are spoken to by the same client. A client's address is not the machine's own.</summary>
internal sealed class Edge : IAsyncDisposable
{
    private readonly ManualTime _time = new();
    private readonly SmtpRig _smtp;
    private readonly Pop3Server _pop3 = new();

    public Edge() => _smtp = new SmtpRig(time: _time);

    /// <summary>The names of all listeners.</summary>
    public static TheoryData<string> All => [.. Listeners.Rows.Select(row => row.Name)];

    /// <summary>The names of those that begin in clear.</summary>
    public static TheoryData<string> InClear => [.. Listeners.Rows.Where(row => row.Tls == TlsMode.Upgrade).Select(row => row.Name)];

    /// <summary>Messages that were stored.</summary>
    public int Stored => _smtp.Stores.Spool.Ids.Count;

    public static Listener Row(string listener) => Listeners.Rows.Single(row => row.Name == listener);

    /// <summary>The command that asks for TLS, and how its reply begins.</summary>
    public static (string Command, string Reply) Upgrade(string listener) =>
        Row(listener).Service == Service.Pop3 ? ("STLS", "+OK Begin TLS") : ("STARTTLS", "220 2.0.0 Go ahead");

    /// <summary>How a greeting begins.</summary>
    public static string Greeting(string listener) => Row(listener).Service == Service.Pop3 ? "+OK " : "220 ";

    /// <summary>What counts the connections of a listener.</summary>
    public MemoryMeters Meters(string listener) => Row(listener).Service == Service.Pop3 ? _pop3.Meters : _smtp.Meters;

    /// <summary>What a handshake at a listener offers.</summary>
    public SslServerAuthenticationOptions Tls(string listener) =>
        Row(listener).Service == Service.Pop3 ? _pop3.Services.Tls.Of(Row(listener)) : _smtp.Services.Tls.Of(Row(listener));

    public MemoryClient Connect(string listener)
    {
        var row = Row(listener);
        return row.Service == Service.Pop3
            ? new MemoryClient(_pop3.HandlerOf(listener).OnConnectedAsync) { WaitsForGreeting = row.Tls == TlsMode.Upgrade }
            : _smtp.Connect(listener);
    }

    /// <summary>A client in clear that has been greeted, and has said EHLO where that is said.</summary>
    public async Task<MemoryClient> ConnectInClearAsync(string listener)
    {
        var client = Connect(listener);
        Assert.StartsWith(Greeting(listener), await client.ReadLineAsync(), StringComparison.Ordinal);
        if (Row(listener).Service != Service.Pop3)
            Assert.StartsWith("250", await client.AskAsync("EHLO c.test"), StringComparison.Ordinal);
        return client;
    }

    /// <summary>Asks for TLS where the listener begins in clear, so that the next octet is one of the handshake.</summary>
    public async Task<MemoryClient> ConnectToHandshakeAsync(string listener)
    {
        if (Row(listener).Tls == TlsMode.Implicit)
            return Connect(listener);
        var client = await ConnectInClearAsync(listener);
        Assert.StartsWith(Upgrade(listener).Reply, await AskAsync(client, Upgrade(listener).Command), StringComparison.Ordinal);
        return client;
    }

    /// <summary>Asks, and reads one line of the answer.</summary>
    public static async Task<string?> AskAsync(MemoryClient client, string line)
    {
        await client.SendAsync(line + "\r\n");
        return await client.ReadLineAsync();
    }

    /// <summary>Lets time pass for all.</summary>
    public void Advance(TimeSpan time)
    {
        _time.Advance(time);
        _pop3.Clock.Advance(time);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _smtp.DisposeAsync();
        await _pop3.DisposeAsync();
    }
}
