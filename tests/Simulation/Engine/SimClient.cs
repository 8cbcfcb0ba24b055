// The people and servers that talk to the gateway.
using System.Globalization;
using System.Text;
using MailFunctions.Simulation.Checks;

namespace MailFunctions.Simulation.Engine;

/// <summary>Sends mail and reads mailboxes as a patient client does: again after a while, until it is told that it went well.</summary>
internal sealed class SimClient(SimWorld world)
{
    /// <summary>The password of all accounts.</summary>
    public const string Password = "open sesame";

    private const int MaxTries = 12;
    private const int ChunkLength = 50; // ends in the midst of a line

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(40);

    private readonly HashSet<Sent> _refused = [];

    /// <summary>Sends a message until it is taken.</summary>
    public async Task SendAsync(Sent sent)
    {
        for (var tries = 0; tries < MaxTries && !sent.IsAcknowledged && !_refused.Contains(sent); tries++)
        {
            if (tries > 0)
                await Task.Delay(Pause, world.Time);
            if (world.Gateway is not { } gateway)
                continue;
            var connection = gateway.Connect("Smtp", "192.0.2.9");
            await ConverseAsync(connection, sent);
            connection.Close();
        }
        if (!sent.IsAcknowledged && !sent.MayBeRefused)
            world.Checker.Report($"I8: {sent.Token} was never taken");
    }

    /// <summary>Reads a mailbox, deletes the messages of these numbers and says QUIT, until a session goes well.</summary>
    /// <returns>How many messages there were.</returns>
    public Task<int> ReadAsync(string account, params int[] deleted) => ReadAsync(account, (number, _) => deleted.Contains(number));

    /// <summary>The same with the messages deleted of which <paramref name="isDeleted"/> says so, given number and text.</summary>
    public async Task<int> ReadAsync(string account, Func<int, string, bool> isDeleted)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (tries > 0)
                await Task.Delay(Pause, world.Time);
            if (world.Gateway is not { } gateway)
                continue;
            var connection = gateway.Connect("Pop3", "127.0.0.1");
            var count = await ReadOnceAsync(connection, account, isDeleted);
            connection.Close();
            world.Checker.Closes(account);
            if (count is { } known)
                return known;
        }
        return -1;
    }

    private async Task ConverseAsync(SimConnection connection, Sent sent)
    {
        if (!IsSuccess(await connection.ReadReplyAsync(world.Time)))
            return;
        string[] lines = ["EHLO c.test", $"MAIL FROM:<{sent.Sender}>", .. sent.Recipients.Select(recipient => $"RCPT TO:<{recipient}>{sent.RecipientParameters}")];
        foreach (var line in sent.IsChunked ? lines : [.. lines, "DATA"])
        {
            await connection.SendAsync(line + "\r\n");
            var reply = await connection.ReadReplyAsync(world.Time);
            if (reply is null || reply[0] is not ('2' or '3'))
            {
                Refused(sent, line, reply);
                return;
            }
        }
        if (sent.IsChunked && !await SendChunksAsync(connection, sent))
            return;
        sent.Attempts++;
        await connection.SendAsync(sent.IsChunked ? $"BDAT {sent.Content.Length - ChunkLength} LAST\r\n{sent.Content[ChunkLength..]}" : sent.Content + ".\r\n");
        var end = await connection.ReadReplyAsync(world.Time);
        world.Log.Add($"client: {sent.Token} {end?[..3] ?? "no answer"}");
        if (IsSuccess(end))
            sent.IsAcknowledged = true;
        else
            Refused(sent, "the end of the content", end);
        await connection.SendAsync("QUIT\r\n");
        await connection.ReadReplyAsync(world.Time);
    }

    // All but the last.
    private async Task<bool> SendChunksAsync(SimConnection connection, Sent sent)
    {
        await connection.SendAsync($"BDAT {ChunkLength}\r\n{sent.Content[..ChunkLength]}");
        var reply = await connection.ReadReplyAsync(world.Time);
        if (!IsSuccess(reply))
            Refused(sent, "a chunk", reply);
        return IsSuccess(reply);
    }

    private async Task<int?> ReadOnceAsync(SimConnection connection, string account, Func<int, string, bool> isDeleted)
    {
        if (!IsOk(await connection.ReadLineAsync(world.Time)) || !await AskAsync(connection, $"USER {account}")
            || !await AskAsync(connection, $"PASS {Password}"))
            return null;
        world.Checker.Opens(account);
        await connection.SendAsync("STAT\r\n");
        if (await connection.ReadLineAsync(world.Time) is not { } stat || !IsOk(stat))
            return null;
        var count = int.Parse(stat.Split(' ')[1], CultureInfo.InvariantCulture);
        var deleted = new List<int>();
        for (var number = 1; number <= count; number++)
        {
            if (!await AskAsync(connection, $"RETR {number}"))
                return null;
            var text = new StringBuilder();
            while (await connection.ReadLineAsync(world.Time) is { } line)
            {
                if (line == ".")
                    break;
                text.Append(line).Append("\r\n");
            }
            if (isDeleted(number, text.ToString()))
                deleted.Add(number);
        }
        foreach (var number in deleted)
        {
            if (!await AskAsync(connection, $"DELE {number}"))
                return null;
        }
        return await AskAsync(connection, "QUIT") ? count : null;
    }

    private async Task<bool> AskAsync(SimConnection connection, string line)
    {
        await connection.SendAsync(line + "\r\n");
        var answer = await connection.ReadLineAsync(world.Time);
        world.Log.Add($"client: {line.Split(' ')[0]} {answer?.Split(' ')[0] ?? "no answer"}");
        return IsOk(answer);
    }

    // Trouble of ours is never a permanent refusal (I9).
    private void Refused(Sent sent, string what, string? reply)
    {
        world.Log.Add($"client: {what}: {reply ?? "no answer"}");
        if (reply is not ['5', ..])
            return;
        if (sent.MayBeRefused)
            _refused.Add(sent);
        else
            world.Checker.Report($"I9: {what} was refused for good: {reply}");
    }

    private static bool IsSuccess(string? reply) => reply is ['2', ..];

    private static bool IsOk(string? answer) => answer?.StartsWith("+OK", StringComparison.Ordinal) == true;
}
