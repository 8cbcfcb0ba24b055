// A small POP3 client for tests that look at many messages at once.
using System.Net.Sockets;
using System.Text;

namespace MailFunctions.Rig;

/// <summary>
/// One POP3 session in clear from a loopback address. What is not as it should be, the end of the connection too, is an <see cref="IOException"/>.
/// </summary>
public sealed class Pop3Client : IAsyncDisposable
{
    private readonly TcpClient _client;
    private readonly StreamReader _reader;
    private readonly Stream _stream;

    private Pop3Client(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
        _reader = new StreamReader(_stream, Encoding.Latin1);
    }

    /// <summary>Logs in; null if the maildrop is in use.</summary>
    public static async Task<Pop3Client?> TryLogInAsync(int port, string user, string password)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        var session = new Pop3Client(client);
        await session._reader.ReadLineAsync();
        await session.AskAsync($"USER {user}");
        var reply = await session.AskAsync($"PASS {password}");
        if (reply.StartsWith("+OK", StringComparison.Ordinal))
            return session;
        await session.DisposeAsync();
        return reply.StartsWith("-ERR [", StringComparison.Ordinal) ? null : throw new IOException(reply); // [IN-USE] or [SYS/TEMP]
    }

    /// <summary>Logs in, waiting for as long as the maildrop is in use or storage is not ready.</summary>
    public static async Task<Pop3Client> LogInAsync(int port, string user, string password)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                if (await TryLogInAsync(port, user, password) is { } session)
                    return session;
            }
            catch (Exception error) when (error is SocketException or IOException && tries < 200)
            {
                // the gateway is being started
            }
            Assert.True(tries < 300, "No login within 75 s.");
            await Task.Delay(250);
        }
    }

    /// <summary>One line out, one line in.</summary>
    public async Task<string> AskAsync(string command)
    {
        await _stream.WriteAsync(Encoding.Latin1.GetBytes(command + "\r\n"));
        return await _reader.ReadLineAsync() ?? throw new IOException("The server has closed.");
    }

    /// <summary>The number of messages.</summary>
    public async Task<int> CountAsync() => int.Parse((await AskAsync("STAT")).Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A message, its dots unstuffed, CR LF kept.</summary>
    public async Task<string> RetrieveAsync(int number)
    {
        var text = new StringBuilder();
        await foreach (var line in ReadLinesAsync($"RETR {number}"))
            text.Append(line).Append("\r\n");
        return text.ToString();
    }

    /// <summary>The unique ids of all messages, in order of their numbers.</summary>
    public async Task<List<string>> ListUidsAsync()
    {
        var all = new List<string>();
        await foreach (var line in ReadLinesAsync("UIDL"))
            all.Add(line.Split(' ')[1]);
        return all;
    }

    /// <summary>All messages.</summary>
    public async Task<List<string>> RetrieveAllAsync()
    {
        var all = new List<string>();
        var count = await CountAsync();
        for (var number = 1; number <= count; number++)
            all.Add(await RetrieveAsync(number));
        return all;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async IAsyncEnumerable<string> ReadLinesAsync(string command)
    {
        var reply = await AskAsync(command);
        if (!reply.StartsWith("+OK", StringComparison.Ordinal))
            throw new IOException(reply);
        for (; ; )
        {
            var line = await _reader.ReadLineAsync() ?? throw new IOException("The server closed inside an answer.");
            if (line == ".")
                yield break;
            yield return line.StartsWith('.') ? line[1..] : line;
        }
    }
}
