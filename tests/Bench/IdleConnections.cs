// What a client costs that has said EHLO and says nothing more.
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using MailFunctions.Bench.Peers;

namespace MailFunctions.Bench;

internal static class IdleConnections
{
    private const int Count = 5_000;
    private const int Budget = 14 * 1_024; // octets of managed heap a connection

    /// <summary>Opens them over loopback and compares the gateway's memory with what it was, after a few that have come and gone.</summary>
    public static async Task<string> MeasureAsync(bool underTls, CancellationToken cancellationToken)
    {
        using var gateway = await MeasuredGateway.StartAsync(published: null, cancellationToken);
        await WarmUpAsync(gateway, underTls, cancellationToken);
        var before = (Heap: await gateway.HeapAsync(cancellationToken), Resident: gateway.Resident());
        var clients = await OpenAllAsync(gateway, underTls, cancellationToken);
        var heap = (await gateway.HeapAsync(cancellationToken) - before.Heap) / Count;
        var resident = (gateway.Resident() - before.Resident) / Count;
        await CloseAsync(clients);
        return string.Create(CultureInfo.InvariantCulture,
            $"{Count} idle connections {Kind(underTls)}: {heap} B of managed heap and {resident} B resident each; "
            + $"the budget of {Budget} B is {(heap <= Budget ? "kept" : "exceeded")}");
    }

    /// <summary>The same with the published gateway, of which only the resident set can be told.</summary>
    public static async Task<string> MeasureNativeAsync(bool underTls, CancellationToken cancellationToken)
    {
        var published = Environment.GetEnvironmentVariable("PUBLISHED") ?? await OurSystem.PublishAsync(cancellationToken);
        using var gateway = await MeasuredGateway.StartAsync(Path.Combine(Path.GetFullPath(published), "gateway"), cancellationToken);
        await WarmUpAsync(gateway, underTls, cancellationToken);
        var before = gateway.Resident();
        var clients = await OpenAllAsync(gateway, underTls, cancellationToken);
        var after = gateway.Resident();
        await CloseAsync(clients);
        return string.Create(CultureInfo.InvariantCulture,
            $"{Count} idle connections {Kind(underTls)} to the published gateway: {(after - before) / Count} B resident each, {before / 1_048_576.0:F0} MiB before them and {after / 1_048_576.0:F0} with them");
    }

    private static string Kind(bool underTls) => underTls ? "under TLS" : "in clear";

    private static async Task WarmUpAsync(MeasuredGateway gateway, bool underTls, CancellationToken cancellationToken)
    {
        await CloseAsync(await OpenAsync(gateway, 300, underTls, cancellationToken));
        await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
    }

    private static async Task<List<Stream>> OpenAllAsync(MeasuredGateway gateway, bool underTls, CancellationToken cancellationToken)
    {
        var clients = await OpenAsync(gateway, Count, underTls, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(12), cancellationToken); // pools give back what they have not used for ten seconds
        return clients;
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
