// Logins by every mechanism, with the programs that people use.
using MailFunctions.Rig;

namespace MailFunctions.EndToEnd;

public sealed class LoginsOfClients(SharedSystem shared)
{
    private readonly LocalSystem _system = shared.System;

    [Theory]
    [InlineData("plain", "submissions")]
    [InlineData("login", "submissions")]
    [InlineData("scram-sha-256", "submissions")]
    [InlineData("plain", "submission")]
    [InlineData("login", "submission")]
    [InlineData("scram-sha-256", "submission")]
    public async Task Msmtp_submits(string mechanism, string listener)
    {
        using var config = Mail.File(
            $"account a\nhost 127.0.0.1\nport {_system.Port(listener)}\ntls on\ntls_starttls {(listener == "submission" ? "on" : "off")}\ntls_certcheck off\n"
            + $"auth {mechanism}\nuser u15@example.test\npassword \"{LocalSystem.Password}\"\nfrom u15@example.test\naccount default : a\n");
        await Tool.SucceedAsync("msmtp", ["-C", config.Path, "u15@example.test"], $"From: u15@example.test\nSubject: by {mechanism} on {listener}\n\nx\n");
        for (var tries = 0; ; tries++)
        {
            if ((await Mail.WaitForAsync(_system, "u15", 1)).Any(message => message.Contains($"Subject: by {mechanism} on {listener}\r\n", StringComparison.Ordinal)))
                break;
            Assert.True(tries < 100, "It does not arrive.");
            await Task.Delay(200);
        }
    }

    [Theory]
    [InlineData("user")]
    [InlineData("plain")]
    [InlineData("login")]
    [InlineData("scram-sha-256")]
    public async Task Mpop_fetches(string mechanism)
    {
        foreach (var (listener, upgrade) in new[] { ("pop3s", "off"), ("pop3", "on") })
        {
            var folder = Directory.CreateTempSubdirectory("mpop-");
            using var config = Mail.File(
                $"account a\nhost 127.0.0.1\nport {_system.Port(listener)}\ntls on\ntls_starttls {upgrade}\ntls_certcheck off\nuser u16@example.test\nauth {mechanism}\n"
                + $"password \"{LocalSystem.Password}\"\nkeep on\nuidls_file {folder}/uidls\ndelivery mbox {folder}/mbox\naccount default : a\n");
            await Tool.SucceedAsync("mpop", ["-C", config.Path]);
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    public async Task Curl_logs_in_to_both(string mechanism)
    {
        var login = new[] { "-sSk", "-u", $"u17@example.test:{LocalSystem.Password}", "--login-options", $"AUTH={mechanism}" };
        await Tool.SucceedAsync("curl", [.. login, $"pop3s://127.0.0.1:{_system.Port("pop3s")}/"]);
        using var file = Mail.File("From: u17@example.test\r\n\r\nx\r\n");
        await Tool.SucceedAsync("curl",
            [.. login, $"smtps://127.0.0.1:{_system.Port("submissions")}/client.test", "--mail-from", "u17@example.test", "--mail-rcpt", "u17@example.test", "-T", file.Path]);
    }

    [Theory] // few: the programs all have one address, and from there too many failures make everybody wait
    [InlineData("msmtp", "login")]
    [InlineData("msmtp", "scram-sha-256")]
    [InlineData("mpop", "scram-sha-256")]
    public async Task A_wrong_password_is_a_failure_of_the_login_to_them_all(string program, string mechanism)
    {
        using var config = Mail.File(
            $"account a\nhost 127.0.0.1\nport {_system.Port(program == "msmtp" ? "submissions" : "pop3s")}\ntls on\ntls_starttls off\ntls_certcheck off\nauth {mechanism}\n"
            + $"user u18@example.test\npassword \"wrong\"\n{(program == "msmtp" ? "from u18@example.test" : "delivery mbox /dev/null")}\naccount default : a\n");
        var result = program == "msmtp"
            ? await Tool.RunAsync(program, ["-C", config.Path, "u18@example.test"], "From: u18@example.test\n\nx\n")
            : await Tool.RunAsync(program, ["-C", config.Path]);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("authentication failed", result.Errors, StringComparison.OrdinalIgnoreCase);
    }
}
