// Mail between us and a real server.
using MailFunctions.Rig;

namespace MailFunctions.EndToEnd;

public sealed class ServerToServer(SharedSystem shared)
{
    private readonly LocalSystem _system = shared.System;

    [Fact]
    public async Task Postfix_relays_to_us_in_clear_and_under_TLS()
    {
        foreach (var (level, protocol) in new[] { ("none", "ESMTP"), ("encrypt", "ESMTPS") })
        {
            await using var postfix = await PostfixServer.StartAsync(
                "127.0.0.2", ["far.test"], $"relayhost = [127.0.0.1]:{_system.Port("smtp")}\nsmtp_tls_security_level = {level}\n");
            var before = (await Mail.WaitForAsync(_system, "u12", 0)).Count;
            using var file = Mail.File($"From: bob@far.test\r\nDate: Tue, 3 Feb 2026 12:00:05 +0000\r\nMessage-Id: <{level}@far.test>\r\nSubject: by {level}\r\n\r\n.dot\r\n8-bit \u00e4\r\n");
            await Tool.SucceedAsync("curl",
                ["-sS", $"smtp://{postfix.Address}:{postfix.Port}/client.test", "--mail-from", "bob@far.test", "--mail-rcpt", "u12@example.test", "-T", file.Path]);
            var message = (await Mail.WaitForAsync(_system, "u12", before + 1))[^1];
            Assert.Contains($" with {protocol} id ", message, StringComparison.Ordinal);
            Assert.EndsWith($"Subject: by {level}\r\n\r\n.dot\r\n8-bit \u00e4\r\n", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Postfix_returns_to_its_sender_what_we_refuse()
    {
        await using var postfix = await PostfixServer.StartAsync("127.0.0.3", ["far.test"], $"transport_maps = inline:{{{{ example.test = smtp:[127.0.0.1]:{_system.Port("smtp")} }}}}\n");
        using var file = Mail.File("From: bob@far.test\r\nSubject: to nobody\r\n\r\nx\r\n");
        await Tool.SucceedAsync("curl",
            ["-sS", $"smtp://{postfix.Address}:{postfix.Port}/client.test", "--mail-from", "bob@far.test", "--mail-rcpt", "nobody@example.test", "-T", file.Path]);
        for (var tries = 0; postfix.Messages.Count == 0; tries++)
        {
            Assert.True(tries < 200, postfix.Log);
            await Task.Delay(100);
        }
        Assert.Contains("Status: 5.1.1", Assert.Single(postfix.Messages), StringComparison.Ordinal);
    }
}
