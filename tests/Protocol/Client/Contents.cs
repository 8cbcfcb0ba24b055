// What of a message's content reaches the other side, and what never does.
using System.Security.Cryptography;
using System.Text;
using MailFunctions.Rig.Peers;
using MailFunctions.Smtp.Client;
using MailFunctions.Wire;

namespace MailFunctions.Protocol.Client;

public sealed class Contents
{
    private const int Block = 32_768; // where content is cut

    public static TheoryData<string, string> CleanRows
    {
        get
        {
            var rows = new TheoryData<string, string>
            {
                { "empty", "" },
                { "one line end", "\r\n" },
                { "no line end", "abc" },
                { "no line end behind a line", "abc\r\ndef" },
                { "a dot", "." },
                { "a dot line", ".\r\n" },
                { "a dot line inside", "a\r\n.\r\nb\r\n" },
                { "dot lines only", ".\r\n.\r\n.\r\n" },
                { "dots at every start", ".a\r\n..b\r\n...c\r\n" },
                { "dots at every end", "a.\r\nb..\r\n." },
                { "a whole session", "a\r\n.\r\nMAIL FROM:<x@y.test>\r\nRCPT TO:<z@y.test>\r\nDATA\r\n.\r\nQUIT\r\n" },
                { "8-bit", string.Concat(Enumerable.Range(1, 255).Where(c => c is not ('\r' or '\n')).Select(c => (char)c)) + "\r\n" },
                { "other line ends", "a\x0b.\x0c.\x85\xe2\x80\xa8.\r\n" },
                { "a long line", new string('x', 100_000) + "\r\n.\r\n" },
                { "a dot and blanks", ". \r\n.\t\r\n" },
            };
            // Line ends and dots around the place where blocks are cut.
            for (var at = Block - 5; at <= Block + 2; at++)
                rows.Add($"a dot line at {at}", new string('x', at) + "\r\n.\r\n..\r\ny\r\n");
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(CleanRows))]
    public async Task Content_arrives_octet_by_octet_as_it_is(string name, string content)
    {
        _ = name;
        var octets = Encoding.Latin1.GetBytes(content);
        var expected = content.Length == 0 || content.EndsWith("\r\n", StringComparison.Ordinal) ? content : content + "\r\n";
        foreach (var transfer in new[] { ContentTransfer.Lines, ContentTransfer.Chunks })
        {
            foreach (var piece in new[] { 1, 7, int.MaxValue })
            {
                await using var rig = new ClientRig(new PeerScript());
                var result = await rig.DeliverAsync(ClientRig.Message(octets, piece) with { Transfer = transfer });
                Assert.Equal("D", ClientRig.Letters(result));
                var taken = Assert.Single(rig.Peer.Taken);
                Assert.Equal(expected, Encoding.Latin1.GetString(taken.Content));
                Assert.Equal(ContentDefects.None, rig.Session.Defects & ~ContentDefects.LongLine);
                Assert.Equal(transfer == ContentTransfer.Chunks, rig.Session.Lines.Any(line => line.StartsWith("BDAT", StringComparison.Ordinal)));
            }
        }
    }

    [Fact]
    public async Task Content_goes_by_DATA_where_chunks_are_not_offered()
    {
        await using var rig = new ClientRig(new PeerScript().Without("CHUNKING"));
        Assert.Equal("D", ClientRig.Letters(await rig.DeliverAsync(ClientRig.Message() with { Transfer = ContentTransfer.Chunks })));
        Assert.Contains("DATA", rig.Session.Lines);
    }

    // The endings by which receivers were led to see an end where there is none.
    public static TheoryData<string> DirtyRows =>
    [
        "\n", "\r", "\0", "a\nb", "a\rb", "a\0b", "\r\r\n", "\n\r\n",
        "\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r.\n", "\r.\r\n", "\n.\r", "\r\n.\r", "\n.\r\r\n", "\r\r\n.\r\r\n", "\r\r\n.\r\n", "\r\n\0.\r\n", "\r\n.\0\r\n", "\n\r.\r\n",
    ];

    [Theory]
    [MemberData(nameof(DirtyRows))]
    public async Task A_bare_CR_a_bare_LF_and_a_NUL_are_never_sent(string dirt)
    {
        foreach (var before in new[] { 0, 10, Block - 2, Block - 1, Block, Block + 1, 3 * Block })
        {
            foreach (var transfer in new[] { ContentTransfer.Lines, ContentTransfer.Chunks })
            {
                await using var rig = new ClientRig(new PeerScript());
                await using var connection = await rig.OpenAsync();
                var content = Encoding.Latin1.GetBytes(new string('x', before) + dirt + "MAIL FROM:<x@y.test>\r\n");
                var result = await rig.SendAsync(connection, ClientRig.Message(content) with { Transfer = transfer });
                Assert.Equal("F", ClientRig.Letters(result));
                Assert.Equal((TroubleScope.Message, TroubleCause.Unsendable, "5.6.0"), (result.Trouble!.Scope, result.Trouble.Cause, result.Trouble.Status.ToString()));
                Assert.False(connection.IsUsable);
                await rig.Peer.EndAsync();
                Assert.Empty(rig.Session.Messages);
                Assert.Equal(ContentDefects.None, rig.Session.Defects & ~ContentDefects.LongLine);
                Assert.InRange(rig.Session.UnfinishedOctets, 0, before + dirt.Length - 1); // whole line ends before the first bad octet may go
            }
        }
    }

    [Theory]
    [InlineData("a\r")]
    [InlineData("a\r\n\r")]
    public async Task A_CR_at_the_very_end_is_bare(string content)
    {
        await using var rig = new ClientRig(new PeerScript());
        await using var connection = await rig.OpenAsync();
        Assert.Equal("F", ClientRig.Letters(await rig.SendAsync(connection, ClientRig.Message(content))));
        await rig.Peer.EndAsync();
        Assert.Empty(rig.Session.Messages);
    }

    [Theory]
    [InlineData(1_999)]
    [InlineData(2_001)]
    public async Task Content_of_another_length_than_was_said_is_not_finished(int length)
    {
        foreach (var transfer in new[] { ContentTransfer.Lines, ContentTransfer.Chunks })
        {
            await using var rig = new ClientRig(new PeerScript());
            await using var connection = await rig.OpenAsync();
            var message = ClientRig.Message(new string('x', 2_000)) with { Length = length, Transfer = transfer };
            await Assert.ThrowsAsync<InvalidDataException>(() => connection.SendAsync(message, () => true, CancellationToken.None));
            Assert.False(connection.IsUsable);
            await rig.Peer.EndAsync();
            Assert.Empty(rig.Session.Messages);
        }
    }

    [Theory]
    [InlineData(ContentTransfer.Lines, 0)]
    [InlineData(ContentTransfer.Lines, 200_000)]
    [InlineData(ContentTransfer.Chunks, 0)]
    [InlineData(ContentTransfer.Chunks, 200_000)]
    public async Task A_source_that_breaks_leaves_the_message_without_an_end(ContentTransfer transfer, int after)
    {
        await using var rig = new ClientRig(new PeerScript());
        await using var connection = await rig.OpenAsync();
        var given = 0;
        var message = ClientRig.Message() with
        {
            Length = 1_000_000,
            Transfer = transfer,
            Content = (buffer, _) =>
            {
                if (given >= after)
                    throw new IOException("The store is away.");
                buffer.Span.Fill((byte)'x');
                given += buffer.Length;
                return ValueTask.FromResult(buffer.Length);
            },
        };
        var error = await Assert.ThrowsAsync<IOException>(() => connection.SendAsync(message, () => true, CancellationToken.None));
        Assert.Equal("The store is away.", error.Message);
        Assert.False(connection.IsUsable);
        await rig.Peer.EndAsync();
        Assert.Empty(rig.Session.Messages);
    }

    [Theory]
    [InlineData(ContentTransfer.Lines)]
    [InlineData(ContentTransfer.Chunks)]
    public async Task Without_leave_to_finish_the_end_is_not_sent(ContentTransfer transfer)
    {
        await using var rig = new ClientRig(new PeerScript());
        await using var connection = await rig.OpenAsync();
        var asked = 0;
        var result = await connection.SendAsync(
            ClientRig.Message(new string('x', 100_000)) with { Transfer = transfer }, () => ++asked == 0, CancellationToken.None);
        Assert.IsType<SendResult.Lost>(result);
        Assert.Equal(1, asked);
        Assert.False(connection.IsUsable);
        await rig.Peer.EndAsync();
        Assert.Empty(rig.Session.Messages);
    }

    [Fact]
    public async Task Leave_is_asked_for_when_all_else_has_been_sent()
    {
        await using var rig = new ClientRig(new PeerScript());
        await using var connection = await rig.OpenAsync();
        var left = 1_000_000;
        var message = ClientRig.Message() with
        {
            Length = left,
            Content = (buffer, _) =>
            {
                var count = Math.Min(left, buffer.Length);
                buffer.Span[..count].Fill((byte)'x');
                left -= count;
                return ValueTask.FromResult(count);
            },
        };
        await connection.SendAsync(message, () => left == 0 ? true : throw new InvalidOperationException("asked too early"), CancellationToken.None);
        Assert.Equal(1_000_002, Assert.Single(rig.Peer.Taken).Length);
    }
}

/// <summary>Measured alone, since what is counted is the memory of the whole process.</summary>
[Collection(nameof(Alone))]
public sealed class ContentMemory
{
    [Theory]
    [InlineData(ContentTransfer.Lines, Over.Memory)]
    [InlineData(ContentTransfer.Lines, Over.Socket)]
    [InlineData(ContentTransfer.Chunks, Over.Socket)]
    public async Task Fifty_megabytes_pass_through_a_few_blocks_of_memory(ContentTransfer transfer, Over over)
    {
        const int Length = 52_428_800;
        var line = Encoding.ASCII.GetBytes(".a line that begins with a dot and is sixty-two octets long.\r\n");
        await using var rig = new ClientRig(new PeerScript { KeepsContent = false }, over);
        await using var connection = await rig.OpenAsync();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var at = 0;
        var message = ClientRig.Message() with
        {
            Length = Length / line.Length * line.Length,
            Transfer = transfer,
            Content = (buffer, _) =>
            {
                var count = Math.Min(buffer.Length, (Length / line.Length * line.Length) - at);
                for (var i = 0; i < count; i++)
                    buffer.Span[i] = line[(at + i) % line.Length];
                hash.AppendData(buffer.Span[..count]);
                at += count;
                return ValueTask.FromResult(count);
            },
        };
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var result = await rig.SendAsync(connection, message);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Equal("D", ClientRig.Letters(result));
        Assert.Equal(hash.GetHashAndReset(), Assert.Single(rig.Peer.Taken).Hash);
        // Of both sides, and over the whole time: far less than the message.
        var peers = transfer == ContentTransfer.Chunks ? Length : 0; // the scripted server makes an array per chunk
        Assert.InRange(allocated - peers, long.MinValue, 8_000_000);
    }
}

[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
