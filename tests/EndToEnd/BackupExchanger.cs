// We as the backup exchanger of a real Postfix that is away for a while.
using System.Text;
using MailFunctions.Rig;
using static MailFunctions.EndToEnd.RelayedMail;

namespace MailFunctions.EndToEnd;

public sealed class BackupExchanger
{
    private const string Text = // with the fields that Postfix would add
        "From: a@stranger.test\r\nTo: bob+tag@backed.test\r\nDate: Tue, 3 Feb 2026 12:00:05 +0000\r\nMessage-ID: <1@stranger.test>\r\nSubject: while you were away\r\n\r\n.dot\r\n";

    [Fact]
    public async Task Mail_for_a_domain_that_we_back_up_is_kept_until_its_own_server_is_back()
    {
        var port = AzuriteServer.FreePorts(1);
        await using var names = await NameServer.StartAsync(new()
        {
            ["backed.test"] = "@ IN MX 10 mx\n@ IN MX 20 mail.example.test.\n@ IN MX 30 worse\nmx IN A 127.0.0.22\nworse IN A 127.0.0.23",
            ["example.test"] = "mail IN A 127.0.0.1",
        });
        // One that is worse than we are must not get the mail, and neither must the smarthost, who would send it back to us.
        await using var worse = await PostfixServer.StartAsync("127.0.0.23", ["backed.test"], port: port);
        await using var system = await StartAsync(names, port, new Dictionary<string, string> { ["Mail__Smarthost__Host"] = "worse.backed.test", ["Mail__Smarthost__Port"] = $"{port}" });
        Assert.Equal(0, (await Mailctl.RunAsync(system, "domain", "add", "backed.test", "--relay-for", "--postmaster", "alice@example.test")).ExitCode);

        using (var file = Mail.File(Text))
        {
            // from a stranger, for any address there: only its own server knows which there are
            await Tool.SucceedAsync("curl",
                ["-sS", $"smtp://127.0.0.1:{system.Port("smtp")}/client.test", "--mail-from", "a@stranger.test", "--mail-rcpt", "bob+tag@backed.test", "-T", file.Path]);
            var relayed = await Tool.RunAsync("curl",
                ["-sS", $"smtp://127.0.0.1:{system.Port("smtp")}/client.test", "--mail-from", "a@stranger.test", "--mail-rcpt", "bob@www.backed.test", "-T", file.Path]);
            Assert.Contains("550", relayed.Errors, StringComparison.Ordinal);
        }
        for (var tries = 0; ; tries++)
        {
            var queue = Encoding.UTF8.GetString((await Mailctl.RunAsync(system, "queue", "list", "--json")).Output);
            if (queue.Contains("\"attempts\": ", StringComparison.Ordinal) && !queue.Contains("\"attempts\": 0", StringComparison.Ordinal))
                break;
            Assert.True(tries < 60, queue);
            await Task.Delay(300);
        }
        Assert.Empty(worse.Messages);

        await using var own = await PostfixServer.StartAsync("127.0.0.22", ["backed.test"], port: port);
        var arrived = Assert.Single(await UntilAsync(own, 1));
        Assert.Contains("Delivered-To: bob+tag@backed.test\n", arrived, StringComparison.Ordinal);
        Assert.EndsWith(Text.Replace("\r\n", "\n", StringComparison.Ordinal), arrived, StringComparison.Ordinal);
        Assert.Empty(worse.Messages);
        await NothingIsLeftAsync(system);
    }
}
