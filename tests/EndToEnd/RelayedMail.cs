// A system whose mail leaves for real servers of a test, and waiting for that mail.
using System.Text;
using MailFunctions.Rig;

namespace MailFunctions.EndToEnd;

/// <summary>What tests of mail that leaves share.</summary>
internal static class RelayedMail
{
    /// <summary>Starts a system that asks this name server, dials this port, and tries again every two seconds.</summary>
    public static Task<LocalSystem> StartAsync(NameServer names, int relayPort, params string[] options) => StartAsync(names, relayPort, [], options);

    /// <summary>The same with more settings.</summary>
    public static Task<LocalSystem> StartAsync(NameServer names, int relayPort, Dictionary<string, string> settings, params string[] options) => LocalSystem.StartAsync(
        ["--relay", "--lease", "15", .. options],
        new Dictionary<string, string>(settings)
        {
            ["Mail__Dns__Server"] = names.Address,
            ["Mail__Relay__Port"] = $"{relayPort}",
            ["Mail__Relay__AllowPrivateAddresses"] = "true",
            ["Mail__Retry__First"] = "00:00:02",
            ["Mail__Retry__Interval"] = "00:00:02",
            ["RetryTimer"] = "* * * * * *",
        });

    /// <summary>Submits a message as alice.</summary>
    public static async Task SubmitAsync(LocalSystem system, string text, params string[] recipients)
    {
        using var file = Mail.File(text);
        await Tool.SucceedAsync("curl",
            ["-sSk", $"smtps://127.0.0.1:{system.Port("submissions")}/client.test", "-u", $"alice@example.test:{LocalSystem.Password}", "--mail-from", "alice@example.test",
                .. recipients.SelectMany(recipient => new[] { "--mail-rcpt", recipient }), "-T", file.Path]);
    }

    /// <summary>Waits until so many messages have arrived.</summary>
    public static async Task<List<string>> UntilAsync(PostfixServer postfix, int count)
    {
        for (var tries = 0; postfix.Messages.Count < count; tries++)
        {
            Assert.True(tries < 600, postfix.Log);
            await Task.Delay(100);
        }
        return postfix.Messages;
    }

    /// <summary>Waits until spool and ledger are empty: nothing is kept of what is finished.</summary>
    public static async Task NothingIsLeftAsync(LocalSystem system)
    {
        for (var tries = 0; ; tries++)
        {
            var list = await Mailctl.RunAsync(system, "queue", "list", "--json");
            if (!Encoding.UTF8.GetString(list.Output).Contains("example.test", StringComparison.Ordinal))
                return;
            Assert.True(tries < 60, list.Text);
            await Task.Delay(500);
        }
    }
}
