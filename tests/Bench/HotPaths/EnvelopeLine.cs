// The hot path of the line in front of every spooled message.
using System.Globalization;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Bench.HotPaths;

/// <summary>Written once by the gateway, and read at each step of a message.</summary>
[MemoryDiagnoser]
public class EnvelopeLine
{
    private SpoolHeader _header = null!;
    private byte[] _line = [];

    /// <summary>How many recipients there are, every other one in a mailbox of ours.</summary>
    [Params(1, 100)]
    public int Recipients { get; set; }

    /// <summary>Makes the envelope, and sees that it comes back.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        var envelope = new Envelope
        {
            Id = SpoolId.New(TimeProvider.System),
            ReversePath = EmailAddress.Parse("bounces+1234567@far.test"),
            Recipients = [.. Enumerable.Range(0, Recipients).Select(Named)],
            EightBitMime = true,
            ClientAddress = "2001:db8::1234:5678",
            Helo = "mail-pl1-f182.far.test",
            ReceivedAt = new DateTimeOffset(2026, 2, 3, 12, 0, 5, TimeSpan.Zero),
        };
        _header = new SpoolHeader(envelope, 512, 20_480, SHA256.HashData("content"u8));
        _line = Write()[..^1];
        Checked.Is(envelope.Recipients[^1], ((SpoolHeader)Read()).Envelope.Recipients[^1]);
    }

    /// <summary>Writes the line.</summary>
    [Benchmark(Description = "write")]
    public byte[] Write() => _header.ToLine();

    /// <summary>Reads it.</summary>
    [Benchmark(Description = "read")]
    public object Read() => SpoolHeader.Read(_line);

    private static Recipient Named(int number)
    {
        var original = EmailAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"user{number}@us.test"));
        return number % 2 == 0
            ? new Recipient { Target = original, Original = original, IsLocal = true }
            : new Recipient
            {
                Target = EmailAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"user{number}@elsewhere.test")),
                Original = original,
                IsLocal = false,
                Notify = Notify.Failure | Notify.Delay,
                Named = OriginalRecipient.Of(original),
            };
    }
}
