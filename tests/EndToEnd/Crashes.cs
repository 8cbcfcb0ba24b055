// Processes killed while mail is under way: nothing that was answered 250 is lost, nothing is there twice.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Azure.Storage.Queues;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.EndToEnd;

public sealed class Crashes
{
    [Fact]
    public async Task What_was_answered_250_arrives_exactly_once_though_functions_and_gateway_are_killed()
    {
        await using var system = await LocalSystem.StartAsync(
            ["--lease", "15", "--host-errors", "3"], new Dictionary<string, string> { ["Mail__Sweep__Age"] = "00:00:10", ["SweepTimer"] = "*/5 * * * * *" });
        using var stop = new CancellationTokenSource();
        var accepted = new ConcurrentBag<string>();
        var users = new[] { "alice", "bob", "carol", "dave" };
        var clients = users.Select(user => SendWithoutPauseAsync(system, user, accepted, stop.Token)).ToList();

        foreach (var program in new[] { "functions", "functions", "functions", "gateway", "gateway", "gateway" })
        {
            var before = accepted.Count;
            await Until(() => accepted.Count >= before + 20, 60, $"only {accepted.Count - before} messages were accepted after a kill");
            await system.KillAsync(program);
        }
        var last = accepted.Count;
        await Until(() => accepted.Count >= last + 20, 60, "nothing is accepted after the last kill");
        await stop.CancelAsync();
        await Task.WhenAll(clients);

        var expected = accepted.Order().ToList();
        var found = new List<string>();
        for (var started = Environment.TickCount64; ;)
        {
            found.Clear();
            foreach (var user in users)
            {
                await using var session = await Pop3Client.LogInAsync(system.Port("pop3"), $"{user}@example.test", LocalSystem.Password);
                found.AddRange((await session.RetrieveAllAsync()).Select(message => message.Split("Subject: ")[1].Split("\r\n")[0]));
                await session.AskAsync("QUIT");
            }
            if (expected.Except(found).Any() && Environment.TickCount64 - started < 120_000)
                await Task.Delay(1_000);
            else
                break;
        }
        Assert.Empty(expected.Except(found)); // nothing lost
        // A message whose 250 was lost with the gateway may be there and may have been sent again, as another message under another subject number;
        // every subject was sent once, so twice the same is a duplicate.
        Assert.Equal(found.Count, found.Distinct().Count());
    }

    [Fact]
    public async Task A_committed_message_whose_queue_message_is_deleted_by_hand_arrives_all_the_same()
    {
        await using var system = await LocalSystem.StartAsync(
            ["--lease", "15"], new Dictionary<string, string> { ["Mail__Sweep__Age"] = "00:00:05", ["SweepTimer"] = "*/3 * * * * *" });
        await LocalSystem.SignalAsync("-STOP", system.Pid("functions")); // nobody may be faster than the hand
        using (var file = Mail.File("Subject: rescued\r\n\r\nbody\r\n"))
        {
            await Tool.SucceedAsync("curl",
                ["-sS", $"smtp://127.0.0.1:{system.Port("smtp")}/client.test", "--mail-from", "a@far.test", "--mail-rcpt", "alice@example.test", "-T", file.Path]);
        }
        var queue = new QueueClient(system.Storage, BlobNames.Queue(WorkQueue.Accepted));
        await queue.ClearMessagesAsync();
        Assert.Equal(0, (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
        await system.KillAsync("functions"); // and the call that was under way dies with it
        Assert.Contains("Subject: rescued\r\n", Assert.Single(await Mail.WaitForAsync(system, "alice", 1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_maildrop_held_by_a_killed_gateway_is_free_within_a_minute()
    {
        await using var system = await LocalSystem.StartAsync();
        await using var session = await Pop3Client.LogInAsync(system.Port("pop3"), "alice@example.test", LocalSystem.Password);
        await using (var second = await Pop3Client.TryLogInAsync(system.Port("pop3"), "alice@example.test", LocalSystem.Password))
            Assert.Null(second); // [IN-USE]
        await system.KillAsync("gateway");
        var killed = Environment.TickCount64;
        await using var third = await Pop3Client.LogInAsync(system.Port("pop3"), "alice@example.test", LocalSystem.Password);
        Assert.InRange(Environment.TickCount64 - killed, 0, 65_000); // the lease is 60 s; the rest is the new gateway's start
    }

    [Fact]
    public async Task Rubbish_in_the_queue_is_parked_and_the_mail_behind_it_goes_on()
    {
        await using var system = await LocalSystem.StartAsync();
        var queue = new QueueClient(system.Storage, BlobNames.Queue(WorkQueue.Accepted), new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
        await queue.SendMessageAsync("no json at all");
        await queue.SendMessageAsync("""{"v":1}""");
        await queue.SendMessageAsync("""{"v":99,"id":"01890a5dac96774bbcceb302099a8057"}""");
        await queue.SendMessageAsync(Encoding.UTF8.GetString(new WorkItem { Id = SpoolId.New(TimeProvider.System) }.ToBytes()));
        using (var file = Mail.File("Subject: behind\r\n\r\nbody\r\n"))
        {
            await Tool.SucceedAsync("curl",
                ["-sS", $"smtp://127.0.0.1:{system.Port("smtp")}/client.test", "--mail-from", "a@far.test", "--mail-rcpt", "alice@example.test", "-T", file.Path]);
        }
        Assert.Single(await Mail.WaitForAsync(system, "alice", 1));
        await Until(() => queue.GetProperties().Value.ApproximateMessagesCount == 0, 30, "the queue is not empty");
        using var stores = MailStores.Open(new StorageOptions { Storage = system.Storage }, "Development");
        var parked = new List<string>();
        await foreach (var key in stores.Parked.ListAsync(CancellationToken.None))
            parked.Add(key);
        Assert.Equal(2, parked.Count); // the unreadable two; another version's is dropped, and what names no message is done
    }

    // Sends one message after another, each under a subject of its own, and notes the subjects that were answered 250.
    private static async Task SendWithoutPauseAsync(LocalSystem system, string user, ConcurrentBag<string> accepted, CancellationToken stop)
    {
        for (var number = 0; !stop.IsCancellationRequested;)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", system.Port("smtp"), CancellationToken.None);
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.Latin1);
                async Task<string> Ask(string? text, string expected)
                {
                    if (text is not null)
                        await stream.WriteAsync(Encoding.Latin1.GetBytes(text + "\r\n"), CancellationToken.None);
                    string line;
                    do
                        line = await reader.ReadLineAsync(CancellationToken.None) ?? throw new IOException("closed");
                    while (line.Length > 3 && line[3] == '-');
                    return line.StartsWith(expected, StringComparison.Ordinal) ? line : throw new IOException(line);
                }
                await Ask(null, "220");
                await Ask($"EHLO {user}.test", "250");
                while (!stop.IsCancellationRequested)
                {
                    var subject = $"{user}-{number++}";
                    await Ask($"MAIL FROM:<{user}@far.test>", "250");
                    await Ask($"RCPT TO:<{user}@example.test>", "250");
                    await Ask("DATA", "354");
                    await Ask($"Subject: {subject}\r\n\r\nbody of {subject}\r\n.", "250");
                    accepted.Add(subject);
                }
                await Ask("QUIT", "221");
            }
            catch (Exception error) when (error is IOException or SocketException)
            {
                await Task.Delay(50, CancellationToken.None); // the gateway is being restarted
            }
        }
    }

    private static async Task Until(Func<bool> condition, int seconds, string otherwise)
    {
        for (var started = Environment.TickCount64; !condition(); await Task.Delay(50))
            Assert.True(Environment.TickCount64 - started < seconds * 1000, otherwise);
    }
}
