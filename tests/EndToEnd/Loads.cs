// Many messages, and large ones.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MailFunctions.Rig;

namespace MailFunctions.EndToEnd;

public sealed class Loads(SharedSystem shared)
{
    private const int LargeMessage = 23_000_000;
    private const int MostGrowth = 16 * 1024; // KiB

    private readonly LocalSystem _system = shared.System;

    [Fact]
    public async Task Three_hundred_messages_by_ten_sessions_all_arrive_and_none_twice()
    {
        await Tool.SucceedAsync("smtp-source",
            ["-s", "10", "-m", "300", "-l", "4000", "-f", "sender@far.test", "-t", "u10@example.test", $"127.0.0.1:{_system.Port("smtp")}"]);
        var all = await Mail.WaitForAsync(_system, "u10", 300);
        Assert.Equal(300, all.Count);
        Assert.Equal(300, all.Select(SpoolIdOf).Distinct().Count());
        await Task.Delay(2_000); // long enough for a late second copy, which the queue would have made by now
        Assert.Equal(300, (await Mail.WaitForAsync(_system, "u10", 300)).Count);
    }

    [Fact]
    public async Task A_message_of_23_megabytes_arrives_byte_by_byte_and_is_never_held_in_memory()
    {
        var random = new Random(23);
        var content = new StringBuilder("From: sender@far.test\r\nSubject: large\r\n\r\n", LargeMessage + 200);
        var octets = new byte[57];
        while (content.Length < LargeMessage)
        {
            random.NextBytes(octets);
            content.Append(Convert.ToBase64String(octets)).Append("\r\n");
        }
        var sent = content.ToString();
        using var file = Mail.File(sent);
        // Warm: the first message makes the runtime compile and grow, whatever its size.
        await using var system = await LocalSystem.StartAsync(); // nobody else's mail may count
        using (var small = Mail.File("Subject: warm\r\n\r\nx\r\n"))
            await SendAsync(system, small);
        await Mail.WaitForAsync(system, "alice", 1);

        var gateway = system.Pid("gateway");
        var before = ResidentKibibytes(gateway);
        await SendAsync(system, file);
        var messages = await Mail.WaitForAsync(system, "alice", 2);
        var growth = PeakKibibytes(gateway) - before;
        Assert.Equal(Hash(sent), Hash(Mail.BelowTrace(messages[1])));
        Assert.True(growth <= MostGrowth, $"The gateway grew by {growth} KiB for one message of {LargeMessage} octets in and out.");
    }

    private static Task<ToolResult> SendAsync(LocalSystem system, TemporaryFile file) => Tool.SucceedAsync("curl",
        ["-sS", $"smtp://127.0.0.1:{system.Port("smtp")}/client.test", "--mail-from", "sender@far.test", "--mail-rcpt", "alice@example.test", "-T", file.Path]);

    private static string SpoolIdOf(string message) => message.Split(" id ")[1][..32];

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.Latin1.GetBytes(text)));

    private static long ResidentKibibytes(int pid) => Status(pid, "VmRSS:");

    // The most that ever was, so that nothing between two looks is missed.
    private static long PeakKibibytes(int pid) => Status(pid, "VmHWM:");

    private static long Status(int pid, string name) => long.Parse(
        File.ReadLines($"/proc/{pid}/status").Single(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
