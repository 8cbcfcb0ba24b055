// BDAT: messages in chunks, in clear and under TLS, cut by the network anywhere, and everything that can be wrong with them.
using System.Security.Cryptography;
using System.Text;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Protocol.Smtp;

public sealed class Chunks
{
    private static readonly string[] Begin =
        ["> EHLO c.test", "< 250", "> MAIL FROM:<a@far.test>", "< 250", "> RCPT TO:<alice@us.test>", "< 250"];

    // As in Transcripts; a chunk of one line is as long as the line and its CR LF. At the end: how many messages are stored.
    public static TheoryData<string, string[], int> Rows => new()
    {
        { "one chunk", [.. Begin, "> BDAT 6 LAST", "> body", "< 250 2.0.0 OK queued as "], 1 },
        { "LAST in any case of letters", [.. Begin, "> bdat 6 last", "> body", "< 250 2.0.0 OK queued as "], 1 },
        { "several chunks", [.. Begin, "> BDAT 6", "> body", "< 250 2.0.0 Chunk OK", "> BDAT 6 LAST", "> more", "< 250 2.0.0 OK queued as "], 1 },
        { "ST-02 BDAT 0 LAST behind chunks", [.. Begin, "> BDAT 6", "> body", "< 250", "> BDAT 0 LAST", "< 250 2.0.0 OK queued as "], 1 },
        { "ST-02 BDAT 0 LAST alone", [.. Begin, "> BDAT 0 LAST", "< 250 2.0.0 OK queued as "], 1 },
        { "ST-02 before MAIL the chunk is read all the same", ["> EHLO c.test", "< 250", "> BDAT 6 LAST", "> QUIT", "< 503 5.5.1", "> NOOP", "< 250"], 0 },
        { "ST-02 before EHLO", ["> BDAT 6 LAST", "> QUIT", "< 503 5.5.1", "> NOOP", "< 250"], 0 },
        { "ST-02 before RCPT", ["> EHLO c.test", "< 250", "> MAIL FROM:<a@far.test>", "< 250", "> BDAT 6 LAST", "> QUIT", "< 503 5.5.1", "> NOOP", "< 250"], 0 },
        { "after HELO there is no BDAT", [
            "> HELO c.test", "< 250", "> MAIL FROM:<a@far.test>", "< 250", "> RCPT TO:<alice@us.test>", "< 250", "> BDAT 6 LAST", "> QUIT", "< 502", "> NOOP", "< 250"], 0 },
        { "ST-02 a negative size ends the session", [.. Begin, "> BDAT -1 LAST", "< 501 5.5.4", "<."], 0 },
        { "ST-02 a size beyond all numbers ends the session", [.. Begin, "> BDAT 99999999999999999999 LAST", "< 501 5.5.4", "<."], 0 },
        { "a size beyond all messages ends the session", [.. Begin, "> BDAT 1000001 LAST", "< 552 5.3.4", "<."], 0 },
        { "no size ends the session", [.. Begin, "> BDAT", "< 501 5.5.4", "<."], 0 },
        { "LAST in place of the size ends the session", [.. Begin, "> BDAT LAST", "< 501 5.5.4", "<."], 0 },
        { "ST-02 an end marker that is none: the chunk is read", [.. Begin, "> BDAT 6 LASTX", "> QUIT", "< 501 5.5.4", "> BDAT 6 LAST", "> QUIT", "< 503", "> NOOP", "< 250"], 0 },
        { "ST-02 DATA behind BDAT", [.. Begin, "> BDAT 6", "> body", "< 250", "> DATA", "< 503 5.5.1", "> BDAT 6 LAST", "> more", "< 250 2.0.0"], 1 },
        { "RCPT behind BDAT", [.. Begin, "> BDAT 6", "> body", "< 250", "> RCPT TO:<bob@us.test>", "< 503 5.5.1", "> BDAT 0 LAST", "< 250 2.0.0"], 1 },
        { "ST-02 NOOP and MAIL between chunks", [
            .. Begin, "> BDAT 6", "> body", "< 250", "> NOOP", "< 250", "> MAIL FROM:<b@far.test>", "< 503", "> BDAT 6 LAST", "> more", "< 250 2.0.0"], 1 },
        { "RSET between chunks forgets them", [
            .. Begin, "> BDAT 6", "> body", "< 250", "> RSET", "< 250", "> BDAT 6 LAST", "> QUIT", "< 503", .. Begin[2..], "> BDAT 6 LAST", "> more", "< 250 2.0.0"], 1 },
        { "EHLO between chunks forgets them", [.. Begin, "> BDAT 6", "> body", "< 250", "> EHLO c.test", "< 250", "> BDAT 6 LAST", "> QUIT", "< 503"], 0 },
        { "behind RSET a message by DATA", [.. Begin, "> BDAT 6", "> body", "< 250", "> RSET", "< 250", .. Begin[2..], "> DATA", "< 354", "> x", "> .", "< 250 2.0.0"], 1 },
        { "ST-01 a failed chunk and DATA", [.. Begin, "> BDAT 5", "> a\nb", "< 550 5.6.0", "> DATA", "< 503", "> NOOP", "< 250"], 0 },
        { "ST-01 a failed chunk ends its transaction", [
            .. Begin, "> BDAT 5", "> a\0b", "< 550 5.6.0", "> RCPT TO:<alice@us.test>", "< 503", "> BDAT 6 LAST", "> more", "< 503", "> NOOP", "< 250"], 0 },
        { "SMG-23 a bare LF", [.. Begin, "> BDAT 5 LAST", "> a\nb", "< 550 5.6.0"], 0 },
        { "SMG-23 a bare CR", [.. Begin, "> BDAT 5 LAST", "> a\rb", "< 550 5.6.0"], 0 },
        { "SMG-23 a CR at the very end", [.. Begin, "> BDAT 3 LAST", "> a\r\r", "< 550 5.6.0", "< 500 5.5.2"], 0 },
        { "SMG-23 an end of DATA is content", [.. Begin, "> BDAT 17 LAST", "> a", "> .", "> MAIL FROM", "< 250 2.0.0"], 1 },
        { "ST-04 a declared size is a promise", [
            "> EHLO c.test", "< 250", "> MAIL FROM:<a@far.test> SIZE=1", "< 250", "> RCPT TO:<alice@us.test>", "< 250", "> BDAT 6 LAST", "> body", "< 250"], 1 },
        { "BINARYMIME is not offered", ["> EHLO c.test", "< 250", "> MAIL FROM:<a@far.test> BODY=BINARYMIME", "< 555 5.5.4"], 0 },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_session_goes_by_its_transcript(string name, string[] lines, int stored)
    {
        Assert.NotEmpty(name);
        foreach (var piece in new[] { 0, 1, 7 })
        {
            await using var rig = new SmtpRig();
            await using var client = rig.Connect();
            Assert.StartsWith("220", await client.ReadReplyAsync(), StringComparison.Ordinal);
            client.PieceSize = piece;
            foreach (var line in lines)
            {
                if (line == "<.")
                    Assert.Null(await client.ReadReplyAsync());
                else if (line.StartsWith("> ", StringComparison.Ordinal))
                    await client.SendAsync(line[2..] + "\r\n");
                else
                    Assert.StartsWith(line[2..], await client.ReadReplyAsync(), StringComparison.Ordinal);
            }
            Assert.Equal(stored, rig.Stores.Spool.Ids.Count);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000)]
    public async Task A_pipelined_message_in_chunks_is_stored_octet_by_octet(int piece)
    {
        await using var rig = new SmtpRig();
        var random = new Random(20_261_124);
        var content = new StringBuilder();
        while (content.Length < 20_000)
            content.Append(new string((char)random.Next('.', '0'), random.Next(0, 90))).Append("\r\n");
        var octets = content.ToString();
        var wire = new StringBuilder("EHLO c.test\r\nMAIL FROM:<a@far.test> BODY=8BITMIME\r\nRCPT TO:<alice@us.test>\r\n");
        for (var at = 0; at < octets.Length;)
        {
            var size = Math.Min(random.Next(1, 900), octets.Length - at);
            wire.Append($"BDAT {size}{(at + size == octets.Length ? " LAST" : "")}\r\n").Append(octets, at, size);
            at += size;
        }
        await using var client = rig.Connect();
        client.PieceSize = piece;
        var answers = client.ReadToEndAsync();
        await client.SendAsync(wire + "QUIT\r\n");
        Assert.Contains("250 2.0.0 OK queued as ", await answers, StringComparison.Ordinal);
        var (envelope, stored) = Assert.Single(await rig.SpooledAsync());
        Assert.True(envelope.EightBitMime);
        Assert.Equal(SHA256.HashData(Encoding.Latin1.GetBytes(octets)), SHA256.HashData(stored.AsSpan(stored.Length - octets.Length)));
    }

    [Theory]
    [InlineData(60_000, 40_000, "250 2.0.0 OK queued as ")]
    [InlineData(60_000, 40_001, "552 5.3.4")]
    [InlineData(100_001, 0, "552 5.3.4")]
    public async Task LIM_a_message_in_chunks_has_its_limit(int first, int second, string reply)
    {
        await using var rig = new SmtpRig();
        await using var client = await BegunAsync(rig);
        var line = new string('x', 98) + "\r\n";
        var content = string.Concat(Enumerable.Repeat(line, 1_002));
        await client.SendAsync($"BDAT {first}\r\n{content[..first]}");
        var answer = await client.ReadReplyAsync();
        if (second > 0)
        {
            Assert.Equal("250 2.0.0 Chunk OK", answer);
            await client.SendAsync($"BDAT {second} LAST\r\n{content[first..(first + second)]}");
            answer = await client.ReadReplyAsync();
        }
        Assert.StartsWith(reply, answer, StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("NOOP"), StringComparison.Ordinal);
        Assert.Equal(reply[0] == '2' ? 1 : 0, rig.Stores.Spool.Ids.Count);
    }

    [Fact]
    public async Task ST_02_a_message_octet_by_octet_ends_in_a_refusal()
    {
        await using var rig = new SmtpRig();
        await using var client = await BegunAsync(rig);
        string? reply = null;
        for (var chunk = 0; chunk < 10_000; chunk++)
        {
            Assert.Null(reply);
            await client.SendAsync("BDAT 1\r\nx");
            reply = await client.ReadReplyAsync() is "250 2.0.0 Chunk OK" ? null : "refused";
        }
        Assert.Null(reply);
        await client.SendAsync("BDAT 1 LAST\r\nx");
        Assert.Equal("554 5.5.0 Message has too many chunks", await client.ReadReplyAsync());
        Assert.Empty(rig.Stores.Spool.Ids);
    }

    [Theory]
    [InlineData("BDAT 6 LAST\r\nbody")]
    [InlineData("BDAT 6\r\nbody\r\n")]
    [InlineData("BDAT 6\r\nbody\r\nBDAT 0 LAS")]
    public async Task ST_02_a_client_that_goes_away_between_or_inside_chunks_leaves_nothing(string sent)
    {
        await using var rig = new SmtpRig();
        await using var client = await BegunAsync(rig);
        await client.SendAsync(sent);
        await client.CloseAsync();
        await client.Ended;
        Assert.Empty(rig.Stores.Spool.Ids);
        Assert.Empty(rig.Stores.Queue.Items(WorkQueue.Accepted));
    }

    [Fact]
    public async Task Storage_that_fails_at_a_commit_is_451_and_the_session_goes_on()
    {
        await using var rig = new SmtpRig();
        await using var client = await BegunAsync(rig);
        rig.Stores.Faults.FailEvery("Spool.Commit");
        await client.SendAsync("BDAT 6 LAST\r\nbody\r\n");
        Assert.StartsWith("451 4.3.0", await client.ReadReplyAsync(), StringComparison.Ordinal);
        rig.Stores.Faults.Clear();
        Assert.StartsWith("250", await client.AskAsync("MAIL FROM:<a@far.test>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ST_02_a_submission_without_a_login_is_refused_and_its_chunk_read()
    {
        await using var rig = new SmtpRig();
        await using var client = await rig.ConnectTlsAsync();
        await client.SendAsync("BDAT 6 LAST\r\nQUIT\r\n");
        Assert.StartsWith("530 5.7.0", await client.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("NOOP"), StringComparison.Ordinal);
    }

    private static async Task<MemoryClient> BegunAsync(SmtpRig rig)
    {
        var client = rig.Connect();
        Assert.StartsWith("220", await client.ReadReplyAsync(), StringComparison.Ordinal);
        foreach (var line in Begin.Where(line => line.StartsWith('>')))
            Assert.StartsWith("250", await client.AskAsync(line[2..]), StringComparison.Ordinal);
        return client;
    }
}
