// RETR and TOP: every octet, no octet more, and nothing that looks whole but is not.
using System.Text;
using MailFunctions.Gateway.Pop3;

namespace MailFunctions.Protocol.Pop3;

public sealed class Retrieval
{
    private const string Trouble = "-ERR [SYS/TEMP] Message cannot be read now, try again later";

    public static TheoryData<string> Contents =>
    [
        "a: b\r\n\r\n.\r\n", "a: b\r\n\r\n..\r\n", "a: b\r\n\r\n.\r\n.\r\n.\r\n", ".\r\n", "..\r\n", "\r\n.\r\n", "\r\n\r\n", "\r\n", ".a: b\r\n\r\n",
        "a: b\r\n\r\nx\n.\r\ny\r\n", "a: b\r\n\r\nx\r.\r\ny\r\n", "a: b\r\n\r\nx\n.\ny\r\n", "a: b\r\n\r\n.\rx\r\n", "a: b\r\n\r\nx\r\r\n.\r\r\n", // the tails of smuggling
        "a: b\r\n\r\nx\r\n.\ny\r\n", "a: b\r\n\r\nx\r.\ry\r\n", "a: b\r\n\r\nx\r.\ny\r\n", "a: b\r\n\r\nx\n.\ry\r\n", "a: b\r\n\r\nx\r\n.\ry\r\n", "a: b\r\n\r\nx\r\n.\r\r\ny\r\n",
        "a: b\r\n\r\nx\r\r\n.\r\ny\r\n", "a: b\r\n\r\nx\r\n\0.\r\ny\r\n", "a: b\r\n\r\nx\r\n.\0\r\ny\r\n", "a: b\r\n\r\nx\r\n. \r\n.\t\r\ny\r\n", "a: b\r\n\r\nx\n\r.\r\ny\r\n",
        "a: b\r\n\r\nx\v.\v\f.\f\xc2\x85.\xc2\x85\xe2\x80\xa8.\xe2\x80\xa8\r\n",
        "a: b\r\n\r\n\0\x80\xff\r\n", "a: b\r\n\r\n+OK\r\n-ERR\r\nQUIT\r\n",
    ];

    [Theory]
    [MemberData(nameof(Contents))]
    public async Task PO_05_a_message_comes_out_as_it_went_in_however_storage_cuts_it(string content)
    {
        foreach (var readSize in new[] { 1, 2, 3, 5, int.MaxValue })
        {
            await using var server = new Pop3Server().With(content);
            server.Maildrop.ReadSize = readSize;
            var client = await server.LogInAsync();
            Assert.Equal($"+OK 1 {content.Length}", await client.SayAsync("STAT"));
            Assert.Equal($"+OK {content.Length} octets", await client.SayAsync("RETR 1"));
            Assert.Equal(content, await client.ReadContentAsync());
            Assert.Equal($"+OK 1 {content.Length}", await client.SayAsync("LIST 1"));
        }
    }

    [Fact]
    public async Task A_large_message_is_streamed()
    {
        const int Size = 8_000_000;
        var content = new string('x', 998) + "\r\n";
        await using var server = new Pop3Server();
        server.Maildrop.Add(Encoding.ASCII.GetBytes("a: b\r\n\r\n" + string.Concat(Enumerable.Repeat(content, Size / content.Length))));
        var client = await server.LogInAsync();
        await client.SendAsync("RETR 1\r\n");
        await client.ReadLineAsync();
        // The client stops reading: what the gateway has taken from storage is bounded by what the pipe between them holds.
        await Pop3Server.UntilAsync(() => server.Clock.IsWaiting(TimeSpan.FromMinutes(3)));
        Assert.InRange(server.Maildrop.OctetsRead, 1, 300_000);
        Assert.Equal(Size + 8, (await client.ReadContentAsync()).Length);
    }

    [Theory]
    [InlineData("RETR 1")]
    [InlineData("TOP 1 5")]
    public async Task A_message_that_vanished_is_refused(string command)
    {
        await using var server = new Pop3Server().With("a: b\r\n\r\n");
        var client = await server.LogInAsync();
        server.Maildrop.Remove(server.Maildrop.Messages[0]);
        Assert.Equal("-ERR Message is gone", await client.SayAsync(command));
        Assert.Equal("+OK Bye", await client.SayAsync("QUIT"));
    }

    [Theory]
    [InlineData("RETR 1", "Open")]
    [InlineData("RETR 1", "Read")]
    [InlineData("TOP 1 0", "Open")]
    [InlineData("TOP 1 0", "Read")]
    public async Task Trouble_before_the_first_octet_is_an_answer(string command, string call)
    {
        await using var server = new Pop3Server().With("a: b\r\n\r\n");
        var client = await server.LogInAsync();
        server.Maildrop.Fail(call);
        Assert.Equal(Trouble, await client.SayAsync(command));
        server.Maildrop.Fail("");
        Assert.StartsWith("+OK ", await client.SayAsync(command));
    }

    [Theory]
    [InlineData("RETR 1", 1)]
    [InlineData("RETR 1", 20)]
    [InlineData("TOP 1 9", 20)]
    public async Task Trouble_after_the_first_octet_drops_the_connection_without_the_final_dot(string command, int reads)
    {
        await using var server = new Pop3Server().With("a: b\r\n\r\n.\r\n.\r\n.\r\n.\r\n.\r\n.\r\n");
        server.Log.Expected.Add("Error");
        server.Maildrop.ReadSize = 1;
        var client = await server.LogInAsync();
        server.Maildrop.Before = name =>
            name == "Read" && reads-- == 0 ? throw new Mail.Stores.StoreUnavailableException("Read fails.", null) : Task.CompletedTask;
        await client.SendAsync($"{command}\r\nNOOP\r\n");
        var answer = await client.ReadToEndAsync();
        Assert.StartsWith("+OK ", answer);
        Assert.DoesNotContain("\r\n.\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("+OK Done", answer, StringComparison.Ordinal);
        Assert.False(server.Maildrop.IsHeld);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(-1)]
    public async Task A_message_that_is_not_as_long_as_was_said_is_never_ended(int missing)
    {
        await using var server = new Pop3Server().With("a: b\r\n\r\nLine\r\nLine\r\n");
        server.Log.Expected.Add("Error");
        server.Maildrop.Missing = missing;
        server.Maildrop.ReadSize = 4;
        var client = await server.LogInAsync();
        await client.SendAsync("RETR 1\r\n");
        Assert.DoesNotContain("\r\n.\r\n", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TOP_stops_reading_when_it_has_what_it_wants()
    {
        await using var server = new Pop3Server();
        server.Maildrop.Add(Encoding.ASCII.GetBytes("a: b\r\n\r\n" + new string('x', 5_000_000) + "\r\n"));
        var client = await server.LogInAsync();
        await client.SayAsync("TOP 1 0");
        Assert.Equal("a: b\r\n\r\n", await client.ReadContentAsync());
        Assert.InRange(server.Maildrop.OctetsRead, 1, 16_384);
        Assert.Equal("+OK Done", await client.SayAsync("NOOP"));
    }

    [Theory]
    [InlineData("a: b\r\n c\r\n\r\n1\r\n\r\n3\r\n", 0, "a: b\r\n c\r\n\r\n")]
    [InlineData("a: b\r\n c\r\n\r\n1\r\n\r\n3\r\n", 2, "a: b\r\n c\r\n\r\n1\r\n\r\n")]
    [InlineData("a: b\r\n\r\r\n\r\nx\r\n", 0, "a: b\r\n\r\r\n\r\n")]
    [InlineData("a: b\n\nx\ny\n", 1, "a: b\n\nx\n")]
    [InlineData("\r\nx\r\n", 0, "\r\n")]
    [InlineData("\nx\r\n", 0, "\n")]
    [InlineData("a: b\r\n", 3, "a: b\r\n")]
    [InlineData("", 3, "")]
    public void The_top_of_a_message_is_found_however_it_is_cut(string message, long lines, string expected)
    {
        var octets = Encoding.Latin1.GetBytes(message);
        for (var cut = 0; cut <= octets.Length; cut++)
        {
            for (var second = cut; second <= octets.Length; second++)
            {
                var top = new TopCutter(lines);
                var taken = new[] { octets[..cut], octets[cut..second], octets[second..] }.Aggregate("", (sum, piece) =>
                    sum + Encoding.Latin1.GetString(piece.AsSpan(0, top.Take(piece))));
                Assert.Equal(expected, taken);
            }
        }
    }

    [Fact]
    public async Task PO_10_ten_thousand_messages_are_listed_and_numbered_in_order_of_arrival()
    {
        await using var server = new Pop3Server();
        for (var i = 0; i < 10_000; i++)
            server.Maildrop.Add(Encoding.ASCII.GetBytes($"n: {i}\r\n\r\n"));
        var client = await server.LogInAsync();
        Assert.Equal("+OK Unique ids follow", await client.SayAsync("UIDL"));
        var uids = (await client.ReadContentAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(1, 10_000).Select(n => $"{n} {Rig.Pop3MemoryMaildrop.IdOf(n)}"), uids);
        Assert.InRange(server.Maildrop.Calls.Count(call => call == "List"), 1, 3);
        Assert.StartsWith("+OK 10000 messages ", await client.SayAsync("LIST"));
        Assert.Equal(10_000, (await client.ReadContentAsync()).Count(octet => octet == '\n'));
        await client.SayAsync("RETR 10000");
        Assert.Equal("n: 9999\r\n\r\n", await client.ReadContentAsync());
    }
}
