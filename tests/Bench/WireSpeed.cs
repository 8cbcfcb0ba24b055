// How fast octets become lines, and dot-stuffed content becomes content.
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using MailFunctions.Wire;

namespace MailFunctions.Bench;

/// <summary>Input comes in pieces of 16 KiB, as a network brings it, and each is read to its end before the next.</summary>
internal static class WireSpeed
{
    private const int Piece = 16_384;
    private const int Pieces = 20_000;

    /// <summary>Command lines of 64 octets.</summary>
    public static async Task<string> LinesAsync(CancellationToken cancellationToken)
    {
        var pipe = new Pipe();
        var lines = new LineReader(pipe.Reader);
        var piece = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("NOOP " + new string('x', 57) + "\r\n", Piece / 64)));
        return await MeasureAsync("LineReader, lines of 64 octets", piece, pipe.Writer, () =>
        {
            while (lines.TryRead(2_048, out var line))
            {
                if (line.Status != LineStatus.Line)
                    throw new InvalidOperationException($"{line.Status} in place of a line.");
            }
            return ValueTask.CompletedTask;
        }, cancellationToken);
    }

    /// <summary>Content in lines of 78 octets, one in twenty with a stuffed dot.</summary>
    public static async Task<string> DotsAsync(CancellationToken cancellationToken)
    {
        var pipe = new Pipe();
        var content = new DotReader(pipe.Reader);
        var text = new StringBuilder();
        for (var i = 0; text.Length < Piece; i++)
            text.Append(i % 20 == 0 ? ".." : "xx").Append('y', 74).Append("\r\n");
        var piece = Encoding.ASCII.GetBytes(text.ToString());
        var stuffed = piece.Length / 78 / 20 + 1;
        var destination = new byte[65_536];
        return await MeasureAsync("dot-unstuffing, lines of 78 octets", piece, pipe.Writer, async () =>
        {
            for (var left = piece.Length - stuffed; left > 0;)
                left -= await content.ReadAsync(destination, cancellationToken);
        }, cancellationToken);
    }

    private static async Task<string> MeasureAsync(string what, byte[] piece, PipeWriter writer, Func<ValueTask> readAsync, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Pieces / 10; i++)
            await TurnAsync();
        GC.Collect();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Pieces; i++)
            await TurnAsync();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        return string.Create(CultureInfo.InvariantCulture,
            $"{what}: {(double)Pieces * piece.Length / seconds / 1_000_000:F0} MB/s on one core, {allocated * 1_000_000.0 / Pieces / piece.Length:F0} B allocated a MB");

        async ValueTask TurnAsync()
        {
            await writer.WriteAsync(piece, cancellationToken);
            await readAsync();
        }
    }
}
