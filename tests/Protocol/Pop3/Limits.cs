// What a session may cost: octets, errors, and storage calls.
namespace MailFunctions.Protocol.Pop3;

public sealed class Limits
{
    [Theory]
    [InlineData(255, "+OK Send PASS")] // RFC 2449 4
    [InlineData(1_100, "+OK Send PASS")]
    [InlineData(1_101, "-ERR Line too long")]
    [InlineData(1_000_000, "-ERR Line too long")]
    public async Task PO_04_a_line_may_have_1100_octets(int length, string expected)
    {
        await using var server = new Pop3Server();
        var client = server.Connect();
        await client.ReadLineAsync();
        var command = "USER " + new string('a', length - "USER \r\n".Length);
        Assert.Equal(expected, await client.SayAsync(command));
        Assert.StartsWith("+OK ", await client.SayAsync("CAPA"));
    }

    [Fact]
    public async Task PO_04_ten_thousand_pipelined_commands_are_answered_in_order()
    {
        await using var server = new Pop3Server().With("a: b\r\n\r\n");
        var client = await server.LogInAsync();
        var sending = client.SendAsync(string.Concat(Enumerable.Repeat("NOOP\r\nLIST 1\r\n", 5_000)) + "QUIT\r\n");
        var answers = await client.ReadToEndAsync();
        await sending;
        Assert.Equal(string.Concat(Enumerable.Repeat("+OK Done\r\n+OK 1 8\r\n", 5_000)) + "+OK Bye\r\n", answers);
    }

    [Fact]
    public async Task Pipelined_replies_leave_together()
    {
        await using var server = new Pop3Server().With("a: b\r\n\r\n");
        var client = await server.LogInAsync();
        var flushes = client.Flushes;
        await client.SendAsync("NOOP\r\nSTAT\r\nRETR 1\r\nLIST\r\nUIDL\r\nNOOP\r\nQUIT\r\n");
        Assert.EndsWith("+OK Bye\r\n", await client.ReadToEndAsync());
        Assert.Equal(1, client.Flushes - flushes);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 5)]
    [InlineData(5_000, 3)]
    [InlineData(5_001, 3)]
    [InlineData(12_000, 50)]
    public async Task A_session_without_deletions_stays_within_its_storage_calls(int messages, int retrieved)
    {
        await using var server = new Pop3Server();
        for (var i = 0; i < messages; i++)
            server.Maildrop.Add("a: b\r\n\r\n"u8.ToArray());
        for (var i = 0; i < 10; i++)
            server.Maildrop.Add([], TimeSpan.FromDays(2));
        var client = await server.LogInAsync();
        await client.SendAsync(
            "STAT\r\nUIDL\r\nLIST\r\n" + string.Concat(Enumerable.Range(1, retrieved).Select(number => $"RETR {number}\r\n")) + "QUIT\r\n");
        Assert.EndsWith("+OK Bye\r\n", await client.ReadToEndAsync());
        var pages = Math.Max(1, (messages + 10 + 4_999) / 5_000);
        Assert.InRange(server.Maildrop.Calls.Count + server.Directory.Questions, 0, 6 + retrieved + pages);
        Assert.Equal(pages, server.Maildrop.Calls.Count(call => call == "List"));
    }
}
