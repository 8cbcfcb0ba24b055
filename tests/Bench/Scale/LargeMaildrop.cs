// What a session costs whose mailbox holds a million messages.
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Bench.Scale;

internal static class LargeMaildrop
{
    /// <summary>Login, STAT, LIST and QUIT over the blob store, in this process.</summary>
    public static async Task<string> MeasureAsync(int messages, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.UtcNow;
        var prefix = BlobNames.Mailbox(EmailAddress.Parse("alice@us.test"));
        var service = new ListedService().With(
            BlobNames.MailboxesContainer, messages, number => new Listed(prefix + ListedService.Id(number, messages, now).Text, 1_000 + number % 100_000));
        using var stores = service.Open();
        await using var gateway = new MemoryGateway(mailboxes: stores.Mailboxes, clock: stores.Clock);
        await using var heap = new HeapWatch();
        var (input, output, served) = MemoryGateway.Connect(gateway.Pop3);
        await ReadLinesAsync(input, "+OK ", 1, cancellationToken);

        var began = Stopwatch.GetTimestamp();
        await output.WriteAsync("USER alice@us.test\r\nPASS secret\r\nSTAT\r\n"u8.ToArray(), cancellationToken);
        await ReadLinesAsync(input, string.Create(CultureInfo.InvariantCulture, $"+OK {messages} "), 1, cancellationToken);
        var login = Stopwatch.GetElapsedTime(began) - service.OwnTime;
        var lists = service.Lists;
        var (peak, held) = (heap.Peak, heap.Held);

        began = Stopwatch.GetTimestamp();
        await output.WriteAsync("LIST\r\n"u8.ToArray(), cancellationToken);
        await ReadLinesAsync(input, ".", 1, cancellationToken);
        var list = Stopwatch.GetElapsedTime(began);
        var later = heap.Peak;
        await output.WriteAsync("QUIT\r\n"u8.ToArray(), cancellationToken);
        await served;
        return string.Create(CultureInfo.InvariantCulture,
            $"a mailbox of {messages} messages: login and STAT {login.TotalSeconds:F1} s of our own work, {lists} list calls and {service.Others} others in all, "
            + $"{(double)held / messages:F0} octets held a message, {(double)peak / messages:F0} at most; LIST {list.TotalSeconds:F1} s, {(double)later / messages:F0} octets a message at most");
    }

    // Reads until so many lines have begun with something.
    private static async Task ReadLinesAsync(PipeReader input, string start, int times, CancellationToken cancellationToken)
    {
        var wanted = Encoding.ASCII.GetBytes(start);
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            while (times > 0 && Take(ref buffer, wanted) is { } fits)
                times -= fits ? 1 : 0;
            input.AdvanceTo(buffer.Start, times == 0 ? buffer.Start : buffer.End);
            if (times == 0)
                return;
            if (result.IsCompleted)
                throw new EndOfStreamException("The session has ended.");
        }
    }

    // Whether the next line begins so; null if it is not whole.
    private static bool? Take(ref System.Buffers.ReadOnlySequence<byte> buffer, byte[] wanted)
    {
        var reader = new System.Buffers.SequenceReader<byte>(buffer);
        var fits = reader.IsNext(wanted);
        if (!reader.TryAdvanceTo((byte)'\n'))
            return null;
        buffer = buffer.Slice(reader.Position);
        return fits;
    }
}
