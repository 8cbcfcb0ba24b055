// The hot path of message content: dots taken off on the way in, put on on the way out.
using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using BenchmarkDotNet.Attributes;
using MailFunctions.Wire;

namespace MailFunctions.Bench.HotPaths;

/// <summary>Content out of a pipe, the writing into it measured too; and content into memory.</summary>
[MemoryDiagnoser]
public class DotContent
{
    private const int Piece = 16_384;

    // One line in twenty begins with a dot.
    private readonly byte[] _text = Lines(i => i % 20 == 0 ? ".and so on, line by line, as people write it, up to the seventy-sixth column\r\n"
        : "The quick brown fox jumps over the lazy dog, again and again, and once more\r\n");
    private readonly byte[] _base64 = Lines(_ => "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6\r\n");
    private readonly byte[] _buffer = new byte[65_536];
    private readonly ArrayBufferWriter<byte> _output = new(2 * Piece);
    private readonly Pipe _messages = new();
    private readonly Pipe _middle = new();
    private byte[] _stuffed = [];
    private DotReader _open = null!;

    /// <summary>Makes the messages, and sees that what is put on is taken off again.</summary>
    [GlobalSetup]
    public async Task SetUpAsync()
    {
        Write();
        _stuffed = _output.WrittenSpan.ToArray();
        _open = new DotReader(_middle.Reader);
        Checked.Is(true, _stuffed.Length > _text.Length + 10);
        Checked.Is(_text.Length, await ReadAsync());
        Checked.Is(_base64.Length, await ReadMiddleAsync());
    }

    /// <summary>A message of text with its final dot.</summary>
    [Benchmark(Description = "read a text of 16 KiB")]
    public async ValueTask<int> ReadAsync()
    {
        await _messages.Writer.WriteAsync(_stuffed);
        var content = new DotReader(_messages.Reader);
        var octets = 0;
        while (await content.ReadAsync(_buffer, CancellationToken.None) is > 0 and var count)
            octets += count;
        return octets;
    }

    /// <summary>A piece of an attachment, as most octets of most mail are.</summary>
    [Benchmark(Description = "read 16 KiB amid base64")]
    public async ValueTask<int> ReadMiddleAsync()
    {
        await _middle.Writer.WriteAsync(_base64);
        var octets = 0;
        while (octets < _base64.Length)
            octets += await _open.ReadAsync(_buffer, CancellationToken.None);
        return octets;
    }

    /// <summary>The text on its way to a server or a POP3 client.</summary>
    [Benchmark(Description = "write a text of 16 KiB")]
    public int Write()
    {
        _output.ResetWrittenCount();
        var writer = new DotWriter();
        writer.Write(_output, _text);
        writer.Finish(_output);
        return _output.WrittenCount;
    }

    private static byte[] Lines(Func<int, string> line)
    {
        var text = new StringBuilder(Piece + 100);
        for (var i = 0; text.Length < Piece; i++)
            text.Append(line(i));
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
