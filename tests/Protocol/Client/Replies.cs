// Replies of strangers: what is one, what is none, how much is kept.
using System.IO.Pipelines;
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Smtp.Client;

namespace MailFunctions.Protocol.Client;

public sealed class Replies
{
    public static TheoryData<string, string> Rows => new()
    {
        { "250 OK\r\n", "250 OK" },
        { "250\r\n", "250" },
        { "250 \r\n", "250" },
        { "250-a\r\n250-b\r\n250 c\r\n", "250 a / b / c" },
        { "250-a\r\n250\r\n", "250 a /" },
        { "250 2.1.0 OK\n", "250 2.1.0 OK" },          // servers in use end lines so
        { "250-a\n250 b\r\n", "250 a / b" },
        { "250 a\rb\r\n", "250 ab" },
        { "250 a\0b\x1b[31mc\r\n", "250 ab[31mc" },
        { "250-\r\n250 b\r\n", "250  / b" },
        { "550 5.1.1 \xe4\r\n", "550 5.1.1 \ufffd" },
        { "550 a\xe2\x80\xae\x62\r\n", "550 ab" },     // RIGHT-TO-LEFT OVERRIDE
        { "250-a\r\n251 b\r\n", "malformed" },         // OpenSMTPD CVE-2020-8794 and its kin
        { "250-a\r\nrubbish\r\n", "malformed" },
        { "hello\r\n", "malformed" },
        { "\r\n", "malformed" },
        { "25\r\n", "malformed" },
        { "25x OK\r\n", "malformed" },
        { "150 OK\r\n", "malformed" },
        { "650 OK\r\n", "malformed" },
        { "2500 OK\r\n", "malformed" },
        { "250OK\r\n", "malformed" },
        { " 250 OK\r\n", "malformed" },
        { "", "end" },
        { "250 OK", "end" },
        { "250-a\r\n", "end" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_reply_is_read_the_same_however_it_is_cut(string octets, string expected)
    {
        var bytes = Encoding.Latin1.GetBytes(octets);
        for (var cut = 0; cut <= bytes.Length; cut++)
            Assert.Equal(expected, await ReadAsync(bytes[..cut], bytes[cut..]));
        Assert.Equal(expected, await ReadAsync([.. bytes.Select(octet => new[] { octet })]));
    }

    [Fact]
    public async Task Nothing_behind_a_reply_is_taken()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync("220 go\r\n250 injected\r\n"u8.ToArray());
        var reader = new ReplyReader(pipe.Reader);
        Assert.Equal(220, (await reader.ReadAsync(CancellationToken.None)).Code);
        Assert.True(reader.HasInput());
        Assert.Equal(250, (await reader.ReadAsync(CancellationToken.None)).Code);
        Assert.False(reader.HasInput());
    }

    [Theory]
    [InlineData("250-line of a reply without an end\r\n", 1_000_000)]
    [InlineData("one line without an end", 1_000_000)]
    [InlineData("250-\n", 10_000_000)]
    public async Task INJ_05_a_reply_without_an_end_is_given_up_at_64_KiB(string part, int repetitions)
    {
        var pipe = new Pipe();
        var sent = 0L;
        using var enough = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            var octets = Encoding.ASCII.GetBytes(part);
            for (var i = 0; i < repetitions && !(await pipe.Writer.WriteAsync(octets, CancellationToken.None)).IsCompleted; i++)
                sent += octets.Length;
        });
        Assert.Equal(ReplyStatus.Malformed, (await new ReplyReader(pipe.Reader).ReadAsync(CancellationToken.None)).Status);
        await pipe.Reader.CompleteAsync();
        await writing;
        Assert.InRange(sent, 0, 4 * ReplyReader.MaxOctets); // what the pipe holds comes on top
    }

    [Fact]
    public async Task INJ_05_of_a_long_reply_ten_lines_of_512_octets_are_kept()
    {
        var text = string.Concat(Enumerable.Range(0, 30).Select(i => $"550{(i == 29 ? ' ' : '-')}{new string((char)('a' + (i % 26)), 1_500)}\r\n"));
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes(text));
        var raw = await new ReplyReader(pipe.Reader).ReadAsync(CancellationToken.None);
        Assert.Equal(ReplyStatus.Reply, raw.Status);
        var reply = new RemoteReply(raw.Code, raw.Lines);
        Assert.Equal(10, reply.Lines.Count);
        Assert.All(reply.Lines, line => Assert.Equal(512, line.Length));
    }

    private static async Task<string> ReadAsync(params byte[][] pieces)
    {
        var pipe = new Pipe();
        var reading = new ReplyReader(pipe.Reader).ReadAsync(CancellationToken.None);
        foreach (var piece in pieces)
            await pipe.Writer.WriteAsync(piece);
        await pipe.Writer.CompleteAsync();
        var raw = await reading;
        return raw.Status switch
        {
            ReplyStatus.Reply => new RemoteReply(raw.Code, raw.Lines).ToString(),
            ReplyStatus.Malformed => "malformed",
            _ => "end",
        };
    }
}
