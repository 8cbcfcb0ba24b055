// What a client on a real socket hears when it was too slow: a connection in memory shows octets that a socket would not.
using System.Net;
using System.Net.Sockets;
using System.Text;
using MailFunctions.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MailFunctions.Protocol.Smtp;

public sealed class TimeoutOverSockets
{
    [Theory]
    [InlineData("")]
    [InlineData("EHLO c.test\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<alice@us.test>\r\nDATA\r\n")]
    public async Task A_client_that_stalls_is_told_so_before_the_connection_closes(string said)
    {
        var limits = new WireLimits { Idle = TimeSpan.FromSeconds(1), RateWindow = TimeSpan.FromSeconds(1) };
        await using var rig = new SmtpRig(limits: limits);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.Run(rig.HandlerOf("Smtp").OnConnectedAsync)));
        await using var host = builder.Build();
        await host.StartAsync();
        var address = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, address.Port);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        Assert.StartsWith("220", await reader.ReadLineAsync(patience.Token), StringComparison.Ordinal);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(said), patience.Token);
        Assert.EndsWith("421 4.4.2 Timeout, closing connection\r\n", await reader.ReadToEndAsync(patience.Token), StringComparison.Ordinal);
        Assert.Empty(rig.Stores.Spool.Ids);
    }
}
