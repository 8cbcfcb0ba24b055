// How many messages a second one session takes in and gives out, and what each of them allocates.
using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace MailFunctions.Bench;

/// <summary>One client and one session in this process, connected by pipes: no socket and no storage takes part.</summary>
internal static class Throughput
{
    /// <summary>Messages by DATA, each in a transaction of its own, its commands pipelined.</summary>
    public static async Task<string> IntakeAsync(int octets, int messages, CancellationToken cancellationToken)
    {
        await using var gateway = new MemoryGateway();
        var (input, output, served) = MemoryGateway.Connect(gateway.Smtp);
        var begin = "MAIL FROM:<a@far.test>\r\nRCPT TO:<alice@us.test>\r\nDATA\r\n"u8.ToArray();
        var content = Encoding.ASCII.GetBytes(Message(octets) + ".\r\n");
        await ReadAsync(input, "220 "u8.ToArray(), 1, cancellationToken);
        await output.WriteAsync("EHLO c.test\r\n"u8.ToArray(), cancellationToken);
        await ReadAsync(input, "250 "u8.ToArray(), 1, cancellationToken);

        var line = await MeasureAsync(messages, octets, async () =>
        {
            await output.WriteAsync(begin, cancellationToken);
            await ReadAsync(input, "354 "u8.ToArray(), 1, cancellationToken);
            await output.WriteAsync(content, cancellationToken);
            await ReadAsync(input, "250 "u8.ToArray(), 1, cancellationToken);
        });
        await output.CompleteAsync();
        await served;
        return $"intake by DATA of {line}";
    }

    /// <summary>RETR of one message, again and again.</summary>
    public static async Task<string> RetrievalAsync(int octets, int messages, CancellationToken cancellationToken)
    {
        var message = Message(octets);
        await using var gateway = new MemoryGateway(Encoding.ASCII.GetBytes(message));
        var (input, output, served) = MemoryGateway.Connect(gateway.Pop3);
        await ReadAsync(input, "+OK "u8.ToArray(), 1, cancellationToken);
        await output.WriteAsync("USER alice@us.test\r\nPASS secret\r\n"u8.ToArray(), cancellationToken);
        await ReadAsync(input, "+OK Logged in"u8.ToArray(), 1, cancellationToken);
        var command = "RETR 1\r\n"u8.ToArray();
        var line = await MeasureAsync(messages, octets, async () =>
        {
            await output.WriteAsync(command, cancellationToken);
            await ReadAsync(input, "."u8.ToArray(), 1, cancellationToken);
        });
        await output.CompleteAsync();
        await served;
        return $"retrieval by RETR of {line}";
    }

    // A tenth to warm up, then all of them.
    private static async Task<string> MeasureAsync(int messages, int octets, Func<Task> oneAsync)
    {
        for (var i = 0; i < messages / 10; i++)
            await oneAsync();
        GC.Collect();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var collections = GC.CollectionCount(0);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < messages; i++)
            await oneAsync();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        return string.Create(CultureInfo.InvariantCulture,
            $"{octets} B messages in memory: {messages / seconds:F0} messages/s, {messages / seconds * octets / 1_048_576:F0} MiB/s, "
            + $"{allocated / messages} B allocated a message, client included, {GC.CollectionCount(0) - collections} collections");
    }

    // Reads lines until so many of them have begun with something.
    private static async Task ReadAsync(PipeReader input, byte[] start, int times, CancellationToken cancellationToken)
    {
        for (; ; )
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            while (times > 0 && TryTakeLine(ref buffer, start, out var fits))
                times -= fits ? 1 : 0;
            input.AdvanceTo(buffer.Start, times == 0 ? buffer.Start : buffer.End);
            if (times == 0)
                return;
            if (result.IsCompleted)
                throw new EndOfStreamException("The session has ended.");
        }
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, byte[] start, out bool fits)
    {
        var reader = new SequenceReader<byte>(buffer);
        fits = reader.IsNext(start);
        if (!reader.TryAdvanceTo((byte)'\n'))
            return false;
        buffer = buffer.Slice(reader.Position);
        return true;
    }

    private static string Message(int octets)
    {
        var text = new StringBuilder("From: a@far.test\r\nTo: alice@us.test\r\nSubject: a message\r\nDate: Tue, 3 Mar 2026 12:00:05 +0000\r\nMessage-ID: <1@far.test>\r\n\r\n", octets);
        while (text.Length < octets)
            text.Append('x', Math.Min(72, Math.Max(0, octets - text.Length - 2))).Append("\r\n");
        return text.ToString();
    }
}
