// Rows of replies and their octets.
using System.Buffers;
using System.Reflection;
using System.Text;
using MailFunctions.Smtp;

namespace MailFunctions.Unit.Smtp;

public sealed class RepliesOnTheWire
{
    public static TheoryData<Reply, string> Rows => new()
    {
        { new Reply(220, "us.test ESMTP"), "220 us.test ESMTP\r\n" },
        { new Reply(250, "us.test", "PIPELINING", "SIZE 1"), "250-us.test\r\n250-PIPELINING\r\n250 SIZE 1\r\n" },
        { new Reply(550, new EnhancedStatus(1, 1), "No such user"), "550 5.1.1 No such user\r\n" },
        { new Reply(451, new EnhancedStatus(3, 0), "Later"), "451 4.3.0 Later\r\n" },
        { new Reply(550, new EnhancedStatus(1, 1), "a\r\n250 OK\0\u00e9"), "550 5.1.1 a??250 OK??\r\n" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_reply_is_written_line_by_line(Reply reply, string octets) => Assert.Equal(octets, Write(reply));

    [Fact]
    public void No_reply_line_is_longer_than_512_octets() =>
        Assert.True(Write(new Reply(550, new EnhancedStatus(1, 1), new string('x', 5_000))).Length <= 512);

    [Fact]
    public void Every_named_reply_is_one_line_that_clients_can_read()
    {
        var replies = typeof(Replies).GetProperties(BindingFlags.Public | BindingFlags.Static).Select(property => (Reply)property.GetValue(null)!).ToList();
        Assert.NotEmpty(replies);
        Assert.All(replies, reply => Assert.Matches(@"^[2345][0-5]\d ([245]\.\d\.\d{1,2} )?[ -~]+\r\n$", Write(reply)));
        // RFC 2034 4: every 2xx, 4xx and 5xx reply but greeting and hello carries an enhanced status; 220 of STARTTLS may.
        Assert.All(replies.Where(reply => reply.Code is not 354), reply => Assert.NotNull(reply.Status));
    }

    private static string Write(Reply reply)
    {
        var octets = new ArrayBufferWriter<byte>();
        reply.WriteTo(octets);
        return Encoding.ASCII.GetString(octets.WrittenSpan);
    }
}
