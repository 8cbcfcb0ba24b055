// Rows of content in chunks, cut at every octet by the network and at every octet into chunks.
using System.IO.Pipelines;
using System.Text;
using MailFunctions.Wire;

namespace MailFunctions.Unit.Wire;

public sealed class ChunkContent
{
    private const ContentDefects None = ContentDefects.None;
    private const ContentDefects Cr = ContentDefects.BareCarriageReturn;
    private const ContentDefects Lf = ContentDefects.BareLineFeed;
    private const ContentDefects Nul = ContentDefects.Nul;

    public static TheoryData<string, ContentDefects> Rows => new()
    {
        { "", None },
        { "a", None },
        { "a\r\n", None },
        { "a\r\n.\r\nb\r\n", None },
        { "\r\n\r\n", None },
        { "a\nb\r\n", Lf },
        { "\n", Lf },
        { "a\rb\r\n", Cr },
        { "a\r", Cr },
        { "\r", Cr },
        { "a\r\r\n", Cr },
        { "a\n\r\n", Lf },
        { "a\n\r", Lf | Cr },
        { "a\0b", Nul },
        { "a\r\0\n", Cr | Nul | Lf },
        { "a\v\f\u0085\u2028b\r\n", None },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Content_is_what_was_sent_and_its_line_ends_are_watched_over_every_cut(string content, ContentDefects defects)
    {
        var octets = Encoding.UTF8.GetBytes(content);
        for (var cut = 0; cut <= octets.Length; cut++)
        {
            for (var piece = 1; piece <= Math.Max(1, octets.Length); piece++)
                Assert.Equal((content, defects), await ReadAsync(octets, cut, piece));
        }
    }

    [Theory]
    [InlineData(65_536, None)]
    [InlineData(65_537, ContentDefects.LongLine)]
    public async Task A_line_has_its_limit(int length, ContentDefects defects)
    {
        var octets = Encoding.ASCII.GetBytes(new string('x', length) + "\r\nx\r\n");
        Assert.Equal(defects, (await ReadAsync(octets, 1_000, 4_096)).Defects);
    }

    [Fact]
    public async Task A_connection_that_ends_inside_a_chunk_is_an_error()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync("abc"u8.ToArray(), TestContext.Current.CancellationToken);
        await pipe.Writer.CompleteAsync();
        var reader = new ChunkReader(pipe.Reader);
        reader.Begin(4);
        Assert.Equal(3, await reader.ReadAsync(new byte[16], TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<EndOfStreamException>(async () => await reader.ReadAsync(new byte[16], TestContext.Current.CancellationToken));
    }

    // Two chunks, the second from the cut on, read in pieces; what stands behind them must not be touched.
    private static async Task<(string Content, ContentDefects Defects)> ReadAsync(byte[] octets, int cut, int piece)
    {
        var token = TestContext.Current.CancellationToken;
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await pipe.Writer.WriteAsync(octets, token);
        await pipe.Writer.WriteAsync("REST"u8.ToArray(), token);
        var reader = new ChunkReader(pipe.Reader);
        var content = new List<byte>();
        foreach (var size in new[] { cut, octets.Length - cut })
        {
            reader.Begin(size);
            var memory = new byte[piece];
            while (await reader.ReadAsync(memory, token) is > 0 and var count)
                content.AddRange(memory.AsSpan(0, count));
        }
        reader.Finish();
        Assert.True(pipe.Reader.TryRead(out var rest));
        Assert.Equal("REST", Encoding.ASCII.GetString(rest.Buffer.FirstSpan[..(int)Math.Min(4, rest.Buffer.FirstSpan.Length)]));
        return (Encoding.UTF8.GetString([.. content]), reader.Defects);
    }
}
