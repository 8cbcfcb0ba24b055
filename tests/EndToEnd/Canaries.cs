// That no secret and no text of a message is in anything the programs say, whatever way it comes in by.
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Azure.Storage.Queues;
using MailFunctions.Rig;
using static MailFunctions.EndToEnd.RelayedMail;

namespace MailFunctions.EndToEnd;

public sealed class Canaries
{
    private const string Canary = "cAnary"; // stands in every secret, and nowhere else
    private const string User = "canary@example.test";
    private const string Right = $"{Canary}RightPassword";
    private const string Wrong = $"{Canary}WrongPassword";
    private const string Text = $"From: {User}\r\nSubject: {Canary}Subject\r\n\r\n{Canary}Body\r\n";

    // What was sent in base64: it must not be found in that form either.
    private readonly List<string> _encoded = [];

    [Fact]
    public async Task I11_no_secret_and_no_content_is_found_in_any_log_trace_or_metric_and_no_address_where_they_are_hashed()
    {
        await using var collector = OtlpCollector.Start();
        await using var postfix = await PostfixServer.StartAsync(
            "127.0.0.26", ["far.test"], "smtpd_recipient_restrictions = check_recipient_access inline:{{nobody@far.test = 550 5.1.1 no such person}} permit\n");
        await using var names = await NameServer.StartAsync(new() { ["far.test"] = "@ IN MX 10 mx\nmx IN A 127.0.0.26" });
        var system = await StartAsync(names, postfix.Port, Settings(collector), "--account", $"{User}={Right}");
        await using (system)
        {
            await UseSubmissionAsync(system);
            await UsePort25Async(system);
            await UsePop3Async(system);
            await new QueueClient(system.Storage, "accepted").SendMessageAsync(Encoded($"{Canary}QueueText"));
            await UntilAsync(postfix, 1);
            // Each of these lines is of another way, and shows that it was gone.
            string[] lines = ["login refused", "logged in as ~", "accepted ", "relayed to ~", "refused for ~", "is parked", "retrieved "];
            await collector.UntilAsync(() => lines.All(line => collector.Logs.Any(log => log.Contains(line, StringComparison.Ordinal)))
                && collector.Spans.Any(span => span.Name == "smtp send") && collector.Metrics.Contains("mailfunctions.pipeline.parked"));
        }

        // The rest is the local run's own, announcement of passwords and all.
        var said = system.Log.Where(line => line.StartsWith("gateway ", StringComparison.Ordinal) || line.StartsWith("functions ", StringComparison.Ordinal)).ToList();
        Assert.Contains(said, line => line.Contains("dbug:", StringComparison.Ordinal));
        Assert.Contains(said, line => Regex.IsMatch(line, "relayed to ~[0-9a-f]{12}@far.test"));
        var key = system.Storage.Split(';').Single(part => part.StartsWith("AccountKey=", StringComparison.Ordinal))["AccountKey=".Length..];
        string[] needles = [Canary, key, .. _encoded, User, "alice@", "bob@", "nobody@"];
        foreach (var text in said.Concat(collector.Bodies))
            Assert.All(needles, needle => Assert.False(text.Contains(needle, StringComparison.Ordinal), $"{needle} is in: {text}"));
    }

    private static Dictionary<string, string> Settings(OtlpCollector collector) => new(collector.Environment)
    {
        ["Logging__LogLevel__Default"] = "Trace",
        ["Mail__Privacy"] = "hashed",
        ["Mail__PrivacyKey"] = $"{Canary}PrivacyKey0123",
        ["Mail__Srs__Keys"] = $"{Canary}SrsKey01234567",
        ["Mail__Logins__SaltKey"] = $"{Canary}SaltKey0123456",
        ["Mail__Smarthosts__spare__Host"] = "mail.spare.test",
        ["Mail__Smarthosts__spare__Username"] = "spare",
        ["Mail__Smarthosts__spare__Password"] = $"{Canary}SmarthostPassword",
    };

    private async Task UseSubmissionAsync(LocalSystem system)
    {
        using (var session = await SmtpLine.ConnectAsync(system))
        {
            await session.AskAsync($"AUTH PLAIN {Encoded($"\0{User}\0{Right}")}", "235");
            await session.AskAsync($"MAIL FROM:<{User}>", "250");
            foreach (var recipient in new[] { "bob@far.test", "nobody@far.test", User })
                await session.AskAsync($"RCPT TO:<{recipient}>", "250");
            await session.AskAsync("DATA", "354");
            await session.AskAsync(Text + ".", "250");
            await session.AskAsync($"MAIL FROM:<{User}>", "250");
            await session.AskAsync($"RCPT TO:<{User}>", "250");
            await session.AskAsync("DATA", "354");
            await session.AskAsync($"From: stranger@far.test\r\n\r\n{Canary}Refused\n.\r\n.", "550");
        }
        using (var session = await SmtpLine.ConnectAsync(system))
        {
            await session.AskAsync($"AUTH PLAIN {Encoded($"\0{User}\0{Wrong}")}", "535");
            await session.AskAsync("AUTH LOGIN", "334");
            await session.AskAsync(Encoded(User), "334");
            await session.AskAsync(Encoded(Wrong), "535");
            await session.AskAsync("AUTH LOGIN", "334");
            await session.AskAsync(Encoded(User), "334");
            await session.AskAsync(Encoded(Right), "235");
        }
        using (var session = await SmtpLine.ConnectAsync(system))
        {
            await session.AskAsync($"AUTH PLAIN {Canary}!!!", "5");
            await session.AskAsync($"AUTH PLAIN {Encoded($"{Canary}WithoutNul")}", "5");
            await session.AskAsync($"AUTH {Canary}Mechanism {Encoded($"\0{User}\0{Wrong}")}", "5");
        }
        using (var session = await SmtpLine.ConnectAsync(system))
        {
            await session.AskAsync($"AUTH SCRAM-SHA-256 {Encoded($"n,,n={User},r={Canary}Nonce")}", "334");
            await session.AskAsync(Encoded($"c=biws,r={Canary}Nonce,p={Canary}Proof"), "5");
        }
    }

    private async Task UsePort25Async(LocalSystem system)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", system.Port("smtp"));
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        string[] lines =
        [
            "HELO client.test", $"AUTH PLAIN {Encoded($"\0{User}\0{Right}")}", $"{Canary}Command", "MAIL FROM:<x@far.test>", "RCPT TO:<nobody@example.test>",
            "QUIT",
        ];
        await reader.ReadLineAsync();
        foreach (var line in lines)
        {
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n"));
            Assert.NotNull(await reader.ReadLineAsync());
        }
    }

    private async Task UsePop3Async(LocalSystem system)
    {
        foreach (var (user, password) in new[] { (User, Wrong), ($"{Canary}InTheWrongField", Wrong) })
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", system.Port("pop3"));
            using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
            await reader.ReadLineAsync();
            foreach (var line in new[] { $"PASS {password}", $"USER {user}", $"PASS {password}", $"AUTH PLAIN {Encoded($"\0{user}\0{password}")}" })
            {
                await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n"));
                Assert.NotNull(await reader.ReadLineAsync());
            }
        }
        Assert.Contains($"{Canary}Body", (await Mail.WaitForAsync(system, User, Right, 1))[0], StringComparison.Ordinal);
        await using var session = await Pop3Client.LogInAsync(system.Port("pop3"), User, Right);
        await session.AskAsync("DELE 1");
        await session.AskAsync("QUIT");
    }

    private string Encoded(string text)
    {
        _encoded.Add(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));
        return _encoded[^1];
    }
}
