// Rows of command lines as they come over the wire, whole and cut at every octet.
using System.IO.Pipelines;
using System.Text;
using MailFunctions.Wire;

namespace MailFunctions.Unit.Wire;

public sealed class Lines
{
    private const int Limit = 12;

    public static TheoryData<string, string> Rows => new()
    {
        { "NOOP\r\n", "Line:NOOP End:" },
        { "\r\n", "Line: End:" },
        { "A\r\nB\r\n", "Line:A Line:B End:" },
        { "0123456789\r\nX\r\n", "Line:0123456789 Line:X End:" },
        { "01234567890\r\nX\r\n", "TooLong: Line:X End:" },
        { "0123456789012345678901234567890123456789\r\nX\r\n", "TooLong: Line:X End:" },
        { "0123456789012345678901234567890123456789\nX\r\n", "BareLineFeed: Line:X End:" },
        { "A\n", "BareLineFeed: End:" },
        { "\n", "BareLineFeed: End:" },
        { "A\rB\r\n", "BadCharacter: End:" },
        { "A\r\r\n", "BadCharacter: End:" },
        { "A\0B\r\nC\r\n", "BadCharacter: Line:C End:" },
        { "half", "End:" },
        { "A\r\nhalf\r", "Line:A End:" },
        { "", "End:" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Lines_are_read_the_same_however_they_are_cut(string wire, string expected)
    {
        var octets = Encoding.Latin1.GetBytes(wire);
        for (var piece = 1; piece <= Math.Max(1, octets.Length); piece++)
        {
            var pipe = new Pipe();
            var reader = new LineReader(pipe.Reader);
            var feeding = FeedAsync(pipe.Writer, octets, piece);
            var read = new List<string>();
            for (var line = default(Line); line.Status != LineStatus.End || read.Count == 0;)
            {
                line = await reader.ReadAsync(Limit, TestContext.Current.CancellationToken);
                read.Add($"{line.Status}:{Encoding.Latin1.GetString(line.Octets.Span)}");
            }
            await feeding;
            Assert.Equal(expected, string.Join(' ', read));
        }
    }

    [Fact]
    public async Task What_follows_a_line_is_left_for_others_to_read()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync("DATA\r\ncontent"u8.ToArray());
        var reader = new LineReader(pipe.Reader);
        Assert.True(reader.TryRead(Limit, out var line));
        Assert.Equal("DATA", Encoding.ASCII.GetString(line.Octets.Span));
        Assert.True(reader.HasInput());
        var rest = await pipe.Reader.ReadAsync();
        Assert.Equal("content", Encoding.ASCII.GetString(rest.Buffer.FirstSpan));
    }

    [Fact]
    public async Task A_line_that_has_not_come_is_not_waited_for()
    {
        var pipe = new Pipe();
        var reader = new LineReader(pipe.Reader);
        Assert.False(reader.TryRead(Limit, out _));
        Assert.False(reader.HasInput());
        await pipe.Writer.WriteAsync("NO"u8.ToArray());
        Assert.False(reader.TryRead(Limit, out _));
        await pipe.Writer.WriteAsync("OP\r\n"u8.ToArray());
        Assert.True(reader.TryRead(Limit, out _));
    }

    [Fact]
    public async Task LIM_02_a_line_of_ten_megabytes_is_never_held()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 65_536, resumeWriterThreshold: 32_768));
        var reader = new LineReader(pipe.Reader);
        var feeding = FeedAsync(pipe.Writer, [.. new byte[10_000_000].Select(_ => (byte)'x'), .. "\r\nNOOP\r\n"u8], 30_000);
        Assert.Equal(LineStatus.TooLong, (await reader.ReadAsync(2_048, TestContext.Current.CancellationToken)).Status);
        Assert.Equal(LineStatus.Line, (await reader.ReadAsync(2_048, TestContext.Current.CancellationToken)).Status);
        await feeding; // would never end if the pipe, which pauses at 64 KiB, had to hold the line
    }

    private static async Task FeedAsync(PipeWriter writer, byte[] octets, int piece)
    {
        for (var at = 0; at < octets.Length; at += piece)
        {
            await writer.WriteAsync(octets.AsMemory(at, Math.Min(piece, octets.Length - at)));
            await Task.Yield();
        }
        await writer.CompleteAsync();
    }
}
