// Whatever a client of ours was allowed to say, what we say to the next server is one line.
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Smtp.Client;

namespace MailFunctions.Protocol.Client;

public sealed class CommandLinesAsAProperty
{
    private const int Cases = 50_000;

    // What grammars trip over, and letters of two, three and four octets.
    private static readonly string[] Pieces =
    [
        "\r", "\n", "\0", "\u001b", "\u007f", "\u0085", "\u2028", "\u202e", ">", "<", "\"", "\\", " ", ",", ";", "=", "+", "@", ".", "RCPT TO:<x@y>", "a", "B", "0",
        "\u00e4", "\u4e2d", "\ud83d\ude00", "-",
    ];

    private static readonly PeerExtensions Everything = PeerExtensions.Parse(["mx.test", "SIZE", "8BITMIME", "SMTPUTF8", "DSN"]);

    [Fact]
    public void INJ_06_no_command_has_a_control_character_or_more_than_512_octets()
    {
        var random = new Random(20_260_301);
        var printed = 0;
        for (var number = 0; number < Cases; number++)
        {
            if (Address(random) is not { } address)
                continue;
            printed++;
            var recipient = new OutgoingRecipient(address)
            {
                Notify = random.Next(2) == 0 ? null : Notify.Success | Notify.Failure | Notify.Delay,
                Original = random.Next(3) switch { 0 => null, 1 => OriginalRecipient.Of(Address(random) ?? address), _ => new OriginalRecipient("rfc822", Text(random, 200)) },
            };
            var message = new OutgoingMessage
            {
                ReversePath = address, Recipients = [recipient], Content = (_, _) => ValueTask.FromResult(0), Length = random.NextInt64(), EightBit = true, Utf8 = true,
                Return = ReturnRequest.Headers, EnvelopeId = Text(random, 40),
            };
            Check(CommandLines.Recipient(recipient, Everything));
            Check(CommandLines.Mail(message, Everything));
        }
        Assert.InRange(printed, Cases / 4, Cases);
    }

    [Fact]
    public void INJ_06_a_long_address_in_UTF8_leaves_no_room_for_what_only_reports_need()
    {
        var address = EmailAddress.Parse($"{new string('\u4e2d', 21)}@{string.Join('.', Enumerable.Repeat(new string('d', 59), 3))}.test");
        var recipient = new OutgoingRecipient(address) { Notify = Notify.Failure, Original = new OriginalRecipient("rfc822", new string('x', 250)) };

        var line = CommandLines.Recipient(recipient, Everything);

        Check(line);
        Assert.DoesNotContain("ORCPT", line, StringComparison.Ordinal);
    }

    private static void Check(string line)
    {
        Assert.DoesNotContain(line, char.IsControl);
        Assert.InRange(Encoding.UTF8.GetByteCount(line), 1, 510);
    }

    private static EmailAddress? Address(Random random)
    {
        var domain = DomainName.Parse(string.Join('.', Enumerable.Range(0, random.Next(1, 4)).Select(_ => new string('d', random.Next(1, 60)))) + ".test");
        return EmailAddress.TryCreate(Text(random, 12), domain, out var address) ? address
            : EmailAddress.TryCreate(new string("aB\u00e4\u4e2d"[random.Next(4)], random.Next(1, 21)), domain, out address) ? address : null;
    }

    private static string Text(Random random, int most) => string.Concat(Enumerable.Range(0, random.Next(1, most)).Select(_ => Pieces[random.Next(Pieces.Length)]));
}
