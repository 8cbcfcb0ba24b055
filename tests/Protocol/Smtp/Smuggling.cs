// Ends of content that are none, at every listener that takes mail: one reply, one message or none, and never a command inside it.
using System.Text;
using System.Text.Json;
using MailFunctions.Protocol.Client;
using MailFunctions.Rig;
using MailFunctions.Rig.Peers;

namespace MailFunctions.Protocol.Smtp;

public sealed class Smuggling
{
    private const string Bad = "550 5.6.0";
    private const string Good = "250 2.0.0";
    private const string Author = "From: alice@us.test\r\n\r\n";
    private const string Smuggled = "MAIL FROM:<alice@us.test>\r\nRCPT TO:<bob@us.test>\r\nDATA\r\nevil\r\n";

    // name, the look-alike (each character an octet), the reply, and what stands in its place in the stored message
    public static TheoryData<string, string, string, string> Rows => new()
    {
        { "SMG-01", "\n.\n", Bad, "" },
        { "SMG-02", "\n.\r\n", Bad, "" },
        { "SMG-03", "\r\n.\n", Bad, "" },
        { "SMG-04", "\r.\r", Bad, "" },
        { "SMG-05", "\r.\n", Bad, "" },
        { "SMG-06", "\r.\r\n", Bad, "" },
        { "SMG-07", "\n.\r", Bad, "" },
        { "SMG-08", "\r\n.\r", Bad, "" },
        { "SMG-09", "\r\n.\r\r\n", Bad, "" },
        { "SMG-10", "\r\r\n.\r\r\n", Bad, "" },
        { "SMG-12", "\r\n\0.\r\n", Bad, "" },
        { "SMG-13", "\r\n.\0\r\n", Bad, "" },
        { "SMG-14 dot and space", "\r\n. \r\n", Good, "\r\n \r\n" },
        { "SMG-15 dot and tab", "\r\n.\t\r\n", Good, "\r\n\t\r\n" },
        { "SMG-16", "\n\r.\r\n", Bad, "" },
        { "SMG-17 vertical tab", "\v.\v", Good, "\v.\v" },
        { "SMG-17 form feed", "\f.\f", Good, "\f.\f" },
        { "SMG-18 next line", "\u00c2\u0085.\u00c2\u0085", Good, "\u00c2\u0085.\u00c2\u0085" },
        { "SMG-18 line separator", "\u00e2\u0080\u00a8.\u00e2\u0080\u00a8", Good, "\u00e2\u0080\u00a8.\u00e2\u0080\u00a8" },
        { "SMG-18 paragraph separator", "\u00e2\u0080\u00a9.\u00e2\u0080\u00a9", Good, "\u00e2\u0080\u00a9.\u00e2\u0080\u00a9" },
        { "SMG-19 dot and LF", ".\n", Bad, "" },
        { "SMG-19 dot and CR", ".\r", Bad, "" },
        { "SMG-19 dot, CR, CR LF", ".\r\r\n", Bad, "" },
        { "SMG-21 a stuffed dot", "\r\n..\r\n", Good, "\r\n.\r\n" },
        { "SMG-21 a dot that was not stuffed", "\r\n.x", Good, "\r\nx" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Behind_an_end_that_is_none_there_is_only_content_at_every_listener(string name, string tail, string reply, string stored)
    {
        Assert.NotEmpty(name);
        foreach (var (listener, tls) in new[] { ("Smtp", false), ("Smtp", true), ("Submission", true), ("Submissions", true) })
        {
            await using var rig = new SmtpRig();
            await using var client = await Ways.ConnectAsync(rig, listener, tls);
            var taken = 0;
            foreach (var start in new[] { "", "From: alice@us.test\r\n\r\nbody" }) // SMG-19: at the very start of the content as well
            {
                foreach (var piece in new[] { 0, 1 })
                {
                    var answer = await SendAsync(client, start + tail + Smuggled + ".\r\n", piece);
                    // Whoever has logged in names an author, for which there is no room in front of the very start.
                    Assert.StartsWith(start == "" && listener != "Smtp" ? Bad : reply, answer, StringComparison.Ordinal);
                    taken += answer![0] == '2' ? 1 : 0;
                    Assert.Equal(taken, rig.Stores.Spool.Ids.Count);
                }
            }
            if (reply == Good)
                Assert.All(await rig.SpooledAsync(), message => Assert.EndsWith(stored + Smuggled, Encoding.Latin1.GetString(message.Content), StringComparison.Ordinal));
        }
    }

    // RFC 3030: the length ends a chunk; nothing in it does, and no dot is taken off. What could not leave by DATA is refused all the same.
    [Theory]
    [MemberData(nameof(Rows))]
    public async Task SMG_23_in_a_chunk_it_is_content_too_at_every_listener(string name, string tail, string reply, string stored)
    {
        Assert.NotNull(name + stored);
        foreach (var (listener, tls) in new[] { ("Smtp", false), ("Smtp", true), ("Submission", true), ("Submissions", true) })
        {
            await using var rig = new SmtpRig();
            await using var client = await Ways.ConnectAsync(rig, listener, tls);
            foreach (var piece in new[] { 0, 1 })
            {
                await BeginAsync(client);
                var content = "From: alice@us.test\r\n\r\nbody" + tail + Smuggled;
                client.PieceSize = piece;
                await client.SendAsync($"BDAT {content.Length} LAST\r\n{content}");
                client.PieceSize = 0;
                Assert.StartsWith(reply, await client.ReadReplyAsync(), StringComparison.Ordinal);
                Assert.StartsWith(Good + " OK", await client.AskAsync("NOOP"), StringComparison.Ordinal);
                if (reply == Good)
                    Assert.All(await rig.SpooledAsync(), message => Assert.EndsWith(content, Encoding.Latin1.GetString(message.Content), StringComparison.Ordinal));
                else
                    Assert.Empty(rig.Stores.Spool.Ids);
            }
        }
    }

    // CR CR LF . CR LF has the true end in it: the message ends there, refused for its bare CR, and there is nothing behind it.
    [Theory]
    [MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public async Task SMG_11_a_bare_CR_before_the_true_end_is_refused_at_the_true_end(string listener, bool tls)
    {
        await using var rig = new SmtpRig();
        await using var client = await Ways.ConnectAsync(rig, listener, tls);
        Assert.StartsWith(Bad, await SendAsync(client, Author + "body\r\r\n.\r\n", 1), StringComparison.Ordinal);
        Assert.Empty(rig.Stores.Spool.Ids);
    }

    [Theory]
    [MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public async Task The_forms_of_the_public_scanners_are_one_refused_message_each(string listener, bool tls)
    {
        var path = Path.Combine(Testdata.Require("smtp-smuggling"), "end-of-data.json");
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        var played = 0;
        foreach (var row in json.RootElement.GetProperty("sequences").EnumerateArray())
        {
            var tail = Encoding.Latin1.GetString(Convert.FromHexString(row.GetProperty("hex").GetString()!));
            await using var rig = new SmtpRig();
            await using var client = await Ways.ConnectAsync(rig, listener, tls);
            foreach (var piece in new[] { 0, 1, 2, 3 })
                Assert.StartsWith(Bad, await SendAsync(client, Author + "A" + tail + Smuggled + ".\r\n", piece), StringComparison.Ordinal);
            Assert.Empty(rig.Stores.Spool.Ids);
            played++;
        }
        Assert.Equal(11, played);
    }

    [Theory]
    [MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public async Task SMG_20_the_true_end_ends_the_message_wherever_the_network_cuts_it(string listener, bool tls)
    {
        const string Content = Author + "body\r\n";
        for (var cut = 0; cut <= 5; cut++)
        {
            await using var rig = new SmtpRig();
            await using var client = await Ways.ConnectAsync(rig, listener, tls);
            await BeginAsync(client);
            Assert.StartsWith("354", await client.AskAsync("DATA"), StringComparison.Ordinal);
            const string End = "\r\n.\r\n";
            await client.SendAsync(string.Concat(Content.AsSpan(0, Content.Length - 2), End.AsSpan(0, cut)));
            await Task.Yield();
            await client.SendAsync(End[cut..]);
            Assert.StartsWith(Good, await client.ReadReplyAsync(), StringComparison.Ordinal);
            Assert.EndsWith(Content, Encoding.Latin1.GetString(Assert.Single(await rig.SpooledAsync()).Content), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public async Task SMG_22_behind_the_true_end_the_next_commands_are_commands(string listener, bool tls)
    {
        await using var rig = new SmtpRig();
        await using var client = await Ways.ConnectAsync(rig, listener, tls);
        await BeginAsync(client);
        Assert.StartsWith("354", await client.AskAsync("DATA"), StringComparison.Ordinal);
        await client.SendAsync(Author + "x\r\n.\r\nRSET\r\nMAIL FROM:<alice@us.test>\r\nRCPT TO:<bob@us.test>\r\nQUIT\r\n");
        foreach (var start in new[] { Good, "250 2.0.0 OK", "250 2.1.0", "250 2.1.5", "221" })
            Assert.StartsWith(start, await client.ReadReplyAsync(), StringComparison.Ordinal);
    }

    // Buffers have such sizes; no edge of one may make an end, hide one, or lose a dot.
    [Theory]
    [MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public async Task SMG_25_an_edge_of_a_buffer_neither_makes_nor_hides_a_line_of_one_dot(string listener, bool tls)
    {
        foreach (var edge in new[] { 998, 4_096, 8_192, 16_384, 65_536 })
        {
            for (var offset = -4; offset <= 2; offset++)
            {
                // A header, whole lines, and one that is not at its end at the edge.
                var body = edge + offset - Author.Length;
                var lines = (body - 1) / 64;
                var open = Author + string.Concat(Enumerable.Repeat(new string('x', 62) + "\r\n", lines)) + new string('y', body - lines * 64);
                foreach (var (wire, stored) in new[]
                {
                    (open + ".\r\nz\r\n.\r\n", open + ".\r\nz\r\n"),
                    (open + "\r\n..\r\nz\r\n.\r\n", open + "\r\n.\r\nz\r\n"),
                    (open + "\r\n.\r\n", open + "\r\n"),
                })
                {
                    await using var rig = new SmtpRig();
                    await using var client = await Ways.ConnectAsync(rig, listener, tls);
                    Assert.StartsWith(Good, await SendAsync(client, wire, 0), StringComparison.Ordinal);
                    var content = Encoding.Latin1.GetString(Assert.Single(await rig.SpooledAsync()).Content);
                    Assert.EndsWith("\r\n" + stored, content, StringComparison.Ordinal);
                }
            }
        }
    }

    [Theory]
    [InlineData("body\r\n.\r\n" + Smuggled + ".\r\n")]
    [InlineData(".\r\n" + Smuggled)]
    [InlineData("body\r\n. \r\n..\r\n.\t\r\nx\v.\v\r\n.")]
    public async Task SMG_24_what_a_chunk_may_hold_leaves_by_DATA_as_one_message(string content)
    {
        await using var rig = new SmtpRig();
        await using var client = await Ways.ConnectAsync(rig, "Smtp", tls: false);
        await BeginAsync(client);
        await client.SendAsync($"BDAT {content.Length} LAST\r\n{content}");
        Assert.StartsWith(Good, await client.ReadReplyAsync(), StringComparison.Ordinal);
        var stored = Assert.Single(await rig.SpooledAsync()).Content;

        foreach (var piece in new[] { 1, int.MaxValue })
        {
            await using var hop = new ClientRig(new PeerScript());
            Assert.Equal("D", ClientRig.Letters(await hop.DeliverAsync(ClientRig.Message(stored, piece, "bob@peer.test"))));
            // A line that had no end has one now; nothing else has changed, and nothing was taken for a second message.
            Assert.Equal(Encoding.Latin1.GetString(stored).TrimEnd('\r', '\n'), Encoding.Latin1.GetString(Assert.Single(hop.Peer.Taken).Content).TrimEnd('\r', '\n'));
        }
    }

    private static async Task BeginAsync(MemoryClient client)
    {
        Assert.StartsWith("250", await client.AskAsync("MAIL FROM:<alice@us.test>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<bob@us.test>"), StringComparison.Ordinal);
    }

    // A whole transaction; exactly one reply comes for all of its content.
    private static async Task<string?> SendAsync(MemoryClient client, string wire, int piece)
    {
        await BeginAsync(client);
        Assert.StartsWith("354", await client.AskAsync("DATA"), StringComparison.Ordinal);
        client.PieceSize = piece;
        await client.SendAsync(wire);
        client.PieceSize = 0;
        var reply = await client.ReadReplyAsync();
        Assert.StartsWith("252", await client.AskAsync("VRFY x"), StringComparison.Ordinal);
        return reply;
    }
}
