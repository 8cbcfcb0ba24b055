// The same service behind Kestrel and real sockets: what a connection in memory cannot show.
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MailFunctions.Protocol.Pop3;

public sealed class Sockets : IAsyncLifetime
{
    private const string Login = "USER alice@example.test\r\nPASS secret\r\n";

    private readonly Pop3Server _server = new Pop3Server().With("a: b\r\n\r\nx\r\n");
    private WebApplication? _host;
    private Socket? _accepted;
    private IPEndPoint _endPoint = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task A_client_that_closes_its_side_behind_its_last_command_gets_all_answers()
    {
        using var client = await ConnectAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes($"{Login}RETR 1\r\nDELE 1\r\nQUIT\r\n"));
        client.Shutdown(SocketShutdown.Send);
        Assert.EndsWith("+OK Bye, marked messages are deleted\r\n", await ReadToEndAsync(client));
        Assert.Empty(_server.Maildrop.Messages);
    }

    [Fact]
    public async Task A_client_that_resets_the_connection_frees_the_maildrop_and_deletes_nothing()
    {
        using var client = await ConnectAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes($"{Login}DELE 1\r\n"));
        await Pop3Server.UntilAsync(() => _server.Maildrop.IsHeld && _server.Clock.IsWaiting(TimeSpan.FromMinutes(10)));
        client.Close(timeout: 0);
        await Pop3Server.UntilAsync(() => !_server.Maildrop.IsHeld);
        Assert.Single(_server.Maildrop.Messages);
    }

    [Fact]
    public async Task Clients_that_vanish_are_noticed_by_keep_alive_after_60_seconds()
    {
        using var client = await ConnectAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes(Login));
        await Pop3Server.UntilAsync(() => _server.Maildrop.IsHeld);
        Assert.NotNull(_accepted);
        Assert.NotEqual(0, _accepted.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.Equal(30, _accepted.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
        Assert.Equal(10, _accepted.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval));
        Assert.Equal(3, _accepted.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount));
        if (OperatingSystem.IsLinux())
        {
            // Keep-alive is silent while an answer waits to be acknowledged, which is when most clients vanish.
            var toAcknowledge = new byte[sizeof(int)];
            _accepted.GetRawSocketOption(6, 18, toAcknowledge);
            Assert.Equal(60_000, BitConverter.ToInt32(toAcknowledge));
        }
    }

    [Fact]
    public async Task A_gateway_that_stops_says_so_to_idle_sessions()
    {
        using var client = await ConnectAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes($"{Login}DELE 1\r\n"));
        await Pop3Server.UntilAsync(() => _server.Maildrop.IsHeld && _server.Clock.IsWaiting(TimeSpan.FromMinutes(10)));
        await _host!.StopAsync();
        Assert.EndsWith("-ERR [SYS/TEMP] Service is restarting, nothing was deleted, try again soon\r\n", await ReadToEndAsync(client));
        Assert.False(_server.Maildrop.IsHeld);
        Assert.Single(_server.Maildrop.Messages);
    }

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Use(next => connection =>
            {
                _accepted = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
                return next(connection);
            });
            listen.Run(_server.HandlerOf("Pop3").OnConnectedAsync);
        }));
        _host = builder.Build();
        await _host.StartAsync();
        var address = _host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        _endPoint = new IPEndPoint(IPAddress.Loopback, new Uri(address).Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _host!.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task<Socket> ConnectAsync()
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(_endPoint);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        Assert.True(await client.ReceiveAsync(new byte[4_096], patience.Token) > 0); // the greeting, for which a client waits
        return client;
    }

    private static async Task<string> ReadToEndAsync(Socket client)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var text = new StringBuilder();
        var buffer = new byte[4_096];
        while (await client.ReceiveAsync(buffer, patience.Token) is > 0 and var count)
            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        return text.ToString();
    }
}
