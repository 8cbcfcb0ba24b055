// The messages that the storage tests store.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Pipeline.Storage;

internal static class Sample
{
    public const int Block = 1024 * 1024;

    public static readonly byte[] Trace = "Received: from client.test\r\n"u8.ToArray();

    private static int _accounts;

    public static SpoolId Id() => SpoolId.New(TimeProvider.System);

    public static EmailAddress Account() => EmailAddress.Parse($"user{Interlocked.Increment(ref _accounts)}@example.test");

    public static Envelope Envelope(SpoolId id) => new()
    {
        Id = id,
        ReversePath = EmailAddress.Parse("sender@elsewhere.test"),
        Recipients =
        [
            new Recipient { Target = EmailAddress.Parse("alice@example.test"), Original = EmailAddress.Parse("Info@example.test"), IsLocal = true },
            new Recipient
            {
                Target = EmailAddress.Parse("\"a b\"@other.test"), Original = EmailAddress.Parse("list@example.test"), IsLocal = false,
                Notify = Notify.Success | Notify.Delay, Named = new OriginalRecipient("rfc822", "list+x;y@example.test"),
            },
        ],
        EightBitMime = true,
        Return = ReturnRequest.Headers,
        EnvelopeId = "QQ 1=+",
        Login = EmailAddress.Parse("bob@example.test"),
        ClientAddress = "2001:db8::1",
        Helo = "client.test",
        ReceivedAt = new DateTimeOffset(2026, 3, 1, 12, 0, 0, 250, TimeSpan.Zero),
    };

    /// <summary>A recipient in a ledger.</summary>
    public static LedgerRecipient Recipient(string address) => new(EmailAddress.Parse(address), EmailAddress.Parse(address));

    /// <summary>Octets without a pattern that a wrong block order could hide behind; the same for the same length.</summary>
    public static byte[] Content(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        return content;
    }

    /// <summary>What is read of a message that was spooled with <paramref name="content"/>.</summary>
    public static byte[] Traced(byte[] content) => [.. Trace, .. content];

    public static async Task<bool> SpoolAsync(ISpool spool, SpoolId id, ReadOnlyMemory<byte> content)
    {
        await using var writer = spool.Create(id);
        await FillAsync(writer, content);
        return await writer.CommitAsync(Envelope(id), Trace, CancellationToken.None);
    }

    public static async Task FillAsync(ISpoolWriter writer, ReadOnlyMemory<byte> content)
    {
        while (!content.IsEmpty)
        {
            var room = writer.GetMemory();
            Assert.False(room.IsEmpty);
            var count = Math.Min(room.Length, content.Length);
            content[..count].CopyTo(room);
            await writer.AdvanceAsync(count, CancellationToken.None);
            content = content[count..];
        }
    }

    public static async Task<byte[]> ReadAsync(ISpoolReader reader, int step = 5000)
    {
        using var read = new MemoryStream();
        var buffer = new byte[step];
        while (await reader.ReadAsync(buffer, CancellationToken.None) is > 0 and var count)
            read.Write(buffer, 0, count);
        return read.ToArray();
    }

    public static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var read = new MemoryStream();
        await stream.CopyToAsync(read);
        return read.ToArray();
    }

    public static async Task<SpoolOpening.Opened> OpenAsync(ISpool spool, SpoolId id) =>
        Assert.IsType<SpoolOpening.Opened>(await spool.OpenAsync(id, CancellationToken.None));
}
