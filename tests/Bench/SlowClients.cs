// What a good client notices of a thousand slow ones.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MailFunctions.Bench;

/// <summary>All over loopback, all in this process: half of the slow ones stand inside a command, half inside a message, and each sends two octets a second.</summary>
internal static class SlowClients
{
    private const int Count = 1_000;
    private const int MessageOctets = 4_096;
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(500);

    public static async Task<string> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var gateway = new MemoryGateway();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Run(gateway.Smtp.OnConnectedAsync)));
        await using var host = builder.Build();
        await host.StartAsync(cancellationToken);
        var port = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

        await SendFastAsync(port, TimeSpan.FromSeconds(3), cancellationToken);
        var alone = await SendFastAsync(port, Measured, cancellationToken);
        var slow = new List<Socket>();
        for (var i = 0; i < Count; i++)
            slow.Add(await BeginAsync(port, i % 2 == 0 ? "NO" : "EHLO c.test\r\nMAIL FROM:<a@far.test>\r\nRCPT TO:<alice@us.test>\r\nDATA\r\n", cancellationToken));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var dripping = DripAsync(slow, enough.Token);
        var among = await SendFastAsync(port, Measured, cancellationToken);
        await enough.CancelAsync();
        var octets = await dripping;
        var lost = slow.Count(socket => socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);
        slow.ForEach(socket => socket.Dispose());
        await host.StopAsync(cancellationToken);
        return string.Create(CultureInfo.InvariantCulture,
            $"a fast client with messages of {MessageOctets} B over loopback: alone {alone.PerSecond:F0} messages/s (99 % within {alone.Late:F1} ms), among {Count} slow ones "
            + $"{among.PerSecond:F0} messages/s (99 % within {among.Late:F1} ms), who sent {octets} octets one at a time, {lost} of them dropped");
    }

    private static async Task<Socket> BeginAsync(int port, string said, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        var buffer = new byte[1_024];
        await socket.ReceiveAsync(buffer, cancellationToken);
        await socket.SendAsync(Encoding.ASCII.GetBytes(said), cancellationToken);
        for (var heard = said.Length < 3 ? "354 " : ""; !heard.Contains("354 ", StringComparison.Ordinal);)
            heard += Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, cancellationToken));
        return socket;
    }

    // One octet to each, then a pause up to the end of the round.
    private static async Task<long> DripAsync(List<Socket> sockets, CancellationToken cancellationToken)
    {
        var octets = 0L;
        var octet = "x"u8.ToArray();
        try
        {
            for (; ; )
            {
                var started = Stopwatch.GetTimestamp();
                foreach (var socket in sockets)
                    octets += await socket.SendAsync(octet, cancellationToken);
                var left = Round - Stopwatch.GetElapsedTime(started);
                await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return octets;
        }
    }

    private static async Task<(double PerSecond, double Late)> SendFastAsync(int port, TimeSpan time, CancellationToken cancellationToken)
    {
        using var socket = await BeginAsync(port, "", cancellationToken);
        var begin = "MAIL FROM:<a@far.test>\r\nRCPT TO:<alice@us.test>\r\nDATA\r\n"u8.ToArray();
        var content = Encoding.ASCII.GetBytes("Subject: x\r\n\r\n" + string.Concat(Enumerable.Repeat(new string('x', 62) + "\r\n", MessageOctets / 64)) + ".\r\n");
        var buffer = new byte[4_096];
        var took = new List<double>();
        await AskAsync("EHLO c.test\r\n"u8.ToArray(), "250 "u8.ToArray());
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            var one = Stopwatch.GetTimestamp();
            await AskAsync(begin, "354 "u8.ToArray());
            await AskAsync(content, "250 "u8.ToArray());
            took.Add(Stopwatch.GetElapsedTime(one).TotalMilliseconds);
        }
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        took.Sort();
        return (took.Count / seconds, took[took.Count * 99 / 100]);

        // The last line of what is answered begins so, and ends what is sent to us for now.
        async Task AskAsync(byte[] said, byte[] last)
        {
            await socket.SendAsync(said, cancellationToken);
            for (var filled = 0; ;)
            {
                filled += await socket.ReceiveAsync(buffer.AsMemory(filled), cancellationToken);
                var text = buffer.AsSpan(0, filled);
                if (text.EndsWith("\r\n"u8) && text[(text[..^2].LastIndexOf((byte)'\n') + 1)..].StartsWith(last))
                    return;
            }
        }
    }
}
