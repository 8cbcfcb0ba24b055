// How long it takes from the 250 of a message until a POP3 session shows it, while nothing else happens.
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace MailFunctions.Bench.Peers;

/// <summary>One message at a time; between them the queue's polling comes to rest. New POP3 sessions look one after the other, and leave at once.</summary>
internal static class Latency
{
    private const int Times = 50;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(700);

    /// <summary>The median and the longest, in milliseconds.</summary>
    public static async Task<(double Median, double Longest)> MeasureAsync(OurSystem system, CancellationToken cancellationToken)
    {
        var took = new List<double>();
        for (var i = 0; i < Times; i++)
        {
            // Not always at the same moment of a poll.
            await Task.Delay(Rest + TimeSpan.FromMilliseconds(37 * i % 101), cancellationToken);
            var before = await CountAsync(system.Pop3Port, cancellationToken);
            await SendAsync(system.Port, cancellationToken);
            var accepted = Stopwatch.GetTimestamp();
            while (await CountAsync(system.Pop3Port, cancellationToken) == before)
                await Task.Delay(1, cancellationToken);
            took.Add(Stopwatch.GetElapsedTime(accepted).TotalMilliseconds);
        }
        took.Sort();
        return (took[Times / 2], took[^1]);
    }

    // Ends with the 250; the session's end is not waited for.
    private static async Task SendAsync(int port, CancellationToken cancellationToken)
    {
        using var session = await Session.OpenAsync(port, cancellationToken);
        string[] commands = ["HELO c.test", "MAIL FROM:<sender@load.test>", $"RCPT TO:<{MailServer.Recipient}>", "DATA", "Subject: latency\r\n\r\nx\r\n."];
        foreach (var command in commands)
            await session.AskAsync(command, cancellationToken);
    }

    private static async Task<int> CountAsync(int port, CancellationToken cancellationToken)
    {
        using var session = await Session.OpenAsync(port, cancellationToken);
        await session.AskAsync($"USER {MailServer.Recipient}", cancellationToken);
        await session.AskAsync($"PASS {OurSystem.Password}", cancellationToken);
        var count = int.Parse((await session.AskAsync("STAT", cancellationToken)).Split(' ')[1], CultureInfo.InvariantCulture);
        await session.AskAsync("QUIT", cancellationToken);
        return count;
    }

    private sealed class Session(TcpClient client) : IDisposable
    {
        private readonly StreamReader _reader = new(client.GetStream(), Encoding.ASCII);

        public static async Task<Session> OpenAsync(int port, CancellationToken cancellationToken)
        {
            var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync("127.0.0.1", port, cancellationToken);
            var session = new Session(client);
            await session._reader.ReadLineAsync(cancellationToken);
            return session;
        }

        public async Task<string> AskAsync(string command, CancellationToken cancellationToken)
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), cancellationToken);
            var reply = await _reader.ReadLineAsync(cancellationToken) ?? "";
            return reply.Length > 0 && reply[0] is '2' or '3' or '+'
                ? reply
                : throw new InvalidOperationException($"'{command.Split(' ')[0]}' was answered '{reply}'.");
        }

        public void Dispose()
        {
            _reader.Dispose();
            client.Dispose();
        }
    }
}
