// Unique ids and sizes: what clients remember from one session to the next.
namespace MailFunctions.Protocol.Pop3;

public sealed class Names
{
    [Theory]
    [InlineData("Pop3")]
    [InlineData("Pop3s")]
    public async Task PO_06_unique_ids_are_well_formed_and_stay_over_sessions_and_deletions(string listener)
    {
        await using var server = new Pop3Server().With("a: 1\r\n\r\n", "a: 2\r\n\r\n", "a: 3\r\n\r\n");
        var before = await UidsAsync(server, listener, "DELE 2");
        Assert.Equal(3, before.Distinct().Count());
        Assert.All(before, uid => Assert.True(uid.Length is >= 1 and <= 70 && uid.All(octet => octet is >= '!' and <= '~'), uid)); // RFC 1939 7
        server.With("a: 4\r\n\r\n");
        var after = await UidsAsync(server, listener, "NOOP");
        Assert.Equal([before[0], before[2]], after[..2]);
        Assert.Equal(3, after.Distinct().Count());
        Assert.DoesNotContain(after[2], before);
    }

    [Theory]
    [InlineData("Pop3")]
    [InlineData("Pop3s")]
    public async Task PO_09_the_sizes_of_LIST_are_the_octets_of_RETR(string listener)
    {
        string[] messages = ["a: b\r\n\r\n", "a: b\r\n\r\n.\r\n..\r\n.x\r\n", "a: b\n\n.\nx\n\r\n", "a: b\r\n\r\n" + new string('x', 40_000) + "\r\n"];
        await using var server = new Pop3Server().With(messages);
        var client = await LogInAsync(server, listener);
        Assert.StartsWith("+OK 4 ", await client.SayAsync("LIST"));
        var sizes = await client.ReadContentAsync();
        for (var number = 1; number <= messages.Length; number++)
        {
            await client.SayAsync($"RETR {number}");
            var content = await client.ReadContentAsync();
            Assert.Equal(messages[number - 1], content);
            Assert.Contains($"{number} {content.Length}\r\n", sizes, StringComparison.Ordinal);
        }
        Assert.Equal($"+OK 4 {messages.Sum(message => message.Length)}", await client.SayAsync("STAT"));
    }

    private static async Task<List<string>> UidsAsync(Pop3Server server, string listener, string last)
    {
        var client = await LogInAsync(server, listener);
        await client.SayAsync("UIDL");
        var uids = (await client.ReadContentAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        Assert.StartsWith("+OK", await client.SayAsync(last));
        Assert.StartsWith("+OK", await client.SayAsync("QUIT"));
        await client.Served;
        return [.. uids];
    }

    private static async Task<Pop3Client> LogInAsync(Pop3Server server, string listener)
    {
        var client = server.Connect(listener);
        if (listener == "Pop3s")
            await client.StartTlsAsync();
        await client.LogInAsync();
        return client;
    }
}
