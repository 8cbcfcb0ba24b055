// The hot path from octets to lines.
using System.IO.Pipelines;
using System.Text;
using BenchmarkDotNet.Attributes;
using MailFunctions.Wire;

namespace MailFunctions.Bench.HotPaths;

/// <summary>Command lines out of a pipe, the writing into it measured too.</summary>
[MemoryDiagnoser]
public class LineReading
{
    private const int Lines = 256;
    private const int Limit = 2_048;

    private static readonly string[] Session =
    [
        "EHLO mail-pl1-f182.far.test\r\n",
        "MAIL FROM:<bounces+1234567-alice=us.test@far.test> SIZE=20480 BODY=8BITMIME\r\n",
        "RCPT TO:<alice@us.test>\r\n",
        "RCPT TO:<bob.the.builder@us.test> NOTIFY=FAILURE\r\n",
        "DATA\r\n",
        "RSET\r\n",
        "NOOP\r\n",
        "QUIT\r\n",
    ];

    private readonly Pipe _pipe = new();
    private readonly byte[] _line = Encoding.ASCII.GetBytes(Session[1]);
    private readonly byte[] _lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(string.Concat(Session), Lines / Session.Length)));
    private LineReader _reader = null!;

    /// <summary>Makes the reader, and sees that it reads.</summary>
    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _reader = new LineReader(_pipe.Reader);
        Checked.Is(_lines.Length - 2 * Lines, await PipelinedAsync());
        Checked.Is(_line.Length - 2, await OneAtATimeAsync());
        Checked.Is(_line.Length - 2, await InTwoPiecesAsync());
    }

    /// <summary>Lines that came together, each.</summary>
    [Benchmark(Description = "of 256 at once, each", OperationsPerInvoke = Lines)]
    public async ValueTask<int> PipelinedAsync()
    {
        await _pipe.Writer.WriteAsync(_lines);
        var octets = 0;
        while (_reader.TryRead(Limit, out var line))
            octets += line.Octets.Length;
        return octets;
    }

    /// <summary>A line that came alone.</summary>
    [Benchmark(Description = "alone")]
    public async ValueTask<int> OneAtATimeAsync()
    {
        await _pipe.Writer.WriteAsync(_line);
        var line = await _reader.ReadAsync(Limit, CancellationToken.None);
        return line.Octets.Length;
    }

    /// <summary>A line of which only a part was there at first.</summary>
    [Benchmark(Description = "in two pieces")]
    public async ValueTask<int> InTwoPiecesAsync()
    {
        await _pipe.Writer.WriteAsync(_line.AsMemory(0, 30));
        var isWhole = _reader.TryRead(Limit, out var line);
        await _pipe.Writer.WriteAsync(_line.AsMemory(30));
        return !isWhole && _reader.TryRead(Limit, out line) ? line.Octets.Length : 0;
    }
}
