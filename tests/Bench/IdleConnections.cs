// What a client costs that has said EHLO and says nothing more.
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;

namespace MailFunctions.Bench;

internal static class IdleConnections
{
    private const int Count = 5_000;
    private const int Budget = 14 * 1_024; // octets of managed heap a connection

    /// <summary>Opens them over loopback and compares the gateway's memory with what it was, after a few that have come and gone.</summary>
    public static async Task<string> MeasureAsync(bool underTls, CancellationToken cancellationToken)
    {
        using var gateway = await MeasuredGateway.StartAsync(cancellationToken);
        await CloseAsync(await OpenAsync(gateway, 300, underTls, cancellationToken));
        await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
        var before = await gateway.MemoryAsync(cancellationToken);
        var clients = await OpenAsync(gateway, Count, underTls, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(12), cancellationToken); // pools give back what they have not used for ten seconds
        var after = await gateway.MemoryAsync(cancellationToken);
        await CloseAsync(clients);
        var heap = (after.Heap - before.Heap) / Count;
        return string.Create(CultureInfo.InvariantCulture,
            $"{Count} idle connections {(underTls ? "under TLS" : "in clear")}: {heap} B of managed heap and {(after.Resident - before.Resident) / Count} B resident each; "
            + $"the budget of {Budget} B is {(heap <= Budget ? "kept" : "exceeded")}");
    }

    private static async Task<List<Stream>> OpenAsync(MeasuredGateway gateway, int count, bool underTls, CancellationToken cancellationToken)
    {
        var clients = new List<Stream>(count);
        var buffer = new byte[1_024];
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync("127.0.0.1", underTls ? gateway.TlsPort : gateway.Port, cancellationToken);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (underTls)
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions { TargetHost = "mail.example.test", RemoteCertificateValidationCallback = (_, _, _, _) => true }, cancellationToken);
                stream = tls;
            }
            await ReadAsync(stream, "220 ", buffer, cancellationToken);
            await stream.WriteAsync("EHLO c.test\r\n"u8.ToArray(), cancellationToken);
            await ReadAsync(stream, "250-", buffer, cancellationToken);
            clients.Add(stream);
        }
        return clients;
    }

    private static async Task ReadAsync(Stream stream, string start, byte[] buffer, CancellationToken cancellationToken)
    {
        var count = await stream.ReadAsync(buffer, cancellationToken);
        var text = System.Text.Encoding.ASCII.GetString(buffer, 0, count);
        if (!text.StartsWith(start, StringComparison.Ordinal) || !text.EndsWith("\r\n", StringComparison.Ordinal))
            throw new InvalidOperationException($"The gateway says '{text}'.");
    }

    private static async Task CloseAsync(List<Stream> clients)
    {
        foreach (var client in clients)
            await client.DisposeAsync();
    }
}
