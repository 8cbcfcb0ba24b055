// Enhanced status codes and the replies of strangers, as values.
using MailFunctions.Mail;

namespace MailFunctions.Unit.Mail;

public sealed class RemoteReplies
{
    [Theory]
    [InlineData("5.1.1", true)]
    [InlineData("2.0.0", true)]
    [InlineData("4.999.999", true)]
    [InlineData("3.0.0", false)]
    [InlineData("5.1", false)]
    [InlineData("5.1.", false)]
    [InlineData("5..1", false)]
    [InlineData("5.1.1.1", false)]
    [InlineData("5.1.1000", false)]
    [InlineData("5.1.-1", false)]
    [InlineData("5.1. 1", false)]
    [InlineData("5.1.1x", false)]
    [InlineData("55.1.1", false)]
    [InlineData("", false)]
    public void An_enhanced_status_is_three_numbers(string text, bool isOne)
    {
        Assert.Equal(isOne, DeliveryStatus.TryParse(text, out var status));
        if (isOne)
            Assert.Equal(text, status.ToString());
    }

    [Theory]
    [InlineData(550, "5.1.1 No such user", "5.1.1")]
    [InlineData(550, "5.1.1", "5.1.1")]
    [InlineData(550, "No such user", null)]
    [InlineData(550, "4.1.1 No such user", null)] // the code is believed
    [InlineData(250, "2.0.0 OK", "2.0.0")]
    [InlineData(450, "", null)]
    public void A_status_counts_if_it_fits_the_code(int code, string text, string? status) =>
        Assert.Equal(status, new RemoteReply(code, [text]).Status?.ToString());

    [Theory]
    [InlineData("a\r\nb\0c\td", "abcd")]
    [InlineData("\u001b[2Jx", "[2Jx")]
    [InlineData("a\u0085\u2028\u2029b", "ab")]
    [InlineData("a\u202e\u2066\u200b\ufeffb", "ab")]
    [InlineData("\u00e4 \ud83d\ude00", "\u00e4 \ud83d\ude00")]
    public void Text_is_made_harmless(string text, string expected) => Assert.Equal(expected, Assert.Single(new RemoteReply(550, [text]).Lines));

    [Fact]
    public void Half_a_character_becomes_a_question_mark() => Assert.Equal("a?b", Assert.Single(new RemoteReply(550, ["a" + (char)0xd800 + "b"]).Lines));

    [Fact]
    public void Ten_lines_of_512_octets_are_kept_and_no_character_is_cut()
    {
        var reply = new RemoteReply(550, Enumerable.Repeat(new string('\u00e4', 1_000), 20));
        Assert.Equal(10, reply.Lines.Count);
        Assert.All(reply.Lines, line => Assert.Equal(new string('\u00e4', 256), line));
    }
}
