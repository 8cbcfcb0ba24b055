// Addresses and headers in UTF-8 (RFC 6531): only where the client says so, and known to the envelope.
using System.Text;

namespace MailFunctions.Protocol.Smtp;

public sealed class Internationalized
{
    private const string User = "j\u00fcrgen@far.test";

    public static TheoryData<string, string[]> Rows => new()
    {
        { "a sender without SMTPUTF8", [$"> MAIL FROM:<{User}>", "< 550 5.6.7", $"> MAIL FROM:<{User}> SMTPUTF8", "< 250"] },
        { "a domain without SMTPUTF8", ["> MAIL FROM:<a@b\u00fccher.test>", "< 550 5.6.7", "> MAIL FROM:<a@b\u00fccher.test> BODY=8BITMIME SMTPUTF8", "< 250"] },
        { "its A-label needs none", ["> MAIL FROM:<a@xn--bcher-kva.test>", "< 250"] },
        { "a recipient without SMTPUTF8", ["> MAIL FROM:<a@far.test>", "< 250", "> RCPT TO:<j\u00fcrgen@us.test>", "< 553 5.6.7", "> RCPT TO:<alice@\u00fcs.test>", "< 553 5.6.7"] },
        { "a recipient that there is not", ["> MAIL FROM:<a@far.test> SMTPUTF8", "< 250", "> RCPT TO:<j\u00fcrgen@us.test>", "< 550 5.1.1"] },
        { "a domain of ours in its own letters", ["> MAIL FROM:<a@far.test> SMTPUTF8", "< 250", "> RCPT TO:<alice@B\u00dcCHER.test>", "< 250"] },
        { "SMTPUTF8 has no value", ["> MAIL FROM:<a@far.test> SMTPUTF8=yes", "< 501 5.5.4"] },
        { "SMTPUTF8 is not for RCPT", ["> MAIL FROM:<a@far.test> SMTPUTF8", "< 250", "> RCPT TO:<alice@us.test> SMTPUTF8", "< 555"] },
        { "SMTPUTF8 ends with its transaction", ["> MAIL FROM:<a@far.test> SMTPUTF8", "< 250", "> RSET", "< 250", "> MAIL FROM:<a@far.test>", "< 250", "> RCPT TO:<j\u00fcrgen@us.test>", "< 553"] },
        { "no SMTPUTF8 after HELO", ["> HELO c.test", "< 250", "> MAIL FROM:<a@far.test> SMTPUTF8", "< 555", $"> MAIL FROM:<{User}>", "< 550"] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_session_in_UTF_8_goes_by_its_transcript(string name, string[] lines)
    {
        Assert.NotEmpty(name);
        foreach (var piece in new[] { 0, 1 })
        {
            await using var rig = new SmtpRig();
            rig.Directory.Domain("xn--bcher-kva.test", "alice@us.test").Account("alice@xn--bcher-kva.test");
            await using var client = rig.Connect();
            client.PieceSize = piece;
            await client.ReadReplyAsync();
            await client.AskAsync("EHLO c.test");
            foreach (var line in lines)
            {
                if (line.StartsWith("> ", StringComparison.Ordinal))
                    await client.SendAsync(Encoding.UTF8.GetBytes(line[2..] + "\r\n"));
                else
                    Assert.StartsWith(line[2..], await client.ReadReplyAsync(), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("<" + User + "> SMTPUTF8", "<alice@us.test>", "Subject: x", true)]
    [InlineData("<a@far.test> SMTPUTF8", "<anybody\u00e4@cat.test>", "Subject: x", true)] // our own trace says it
    [InlineData("<a@far.test> SMTPUTF8", "<alice@us.test>", "Subject: \u00e4", true)]
    [InlineData("<a@far.test> SMTPUTF8", "<alice@us.test>", "Subject: x\r\n\r\n\u00e4", false)]
    [InlineData("<a@b\u00fccher.test> SMTPUTF8", "<alice@us.test>", "Subject: x", false)] // as ASCII as any
    [InlineData("<a@far.test>", "<alice@us.test>", "Subject: \u00e4", false)] // not declared, and passed on as it came
    public async Task The_envelope_says_whether_the_message_is_for_servers_of_SMTPUTF8_only(string sender, string recipient, string message, bool needed)
    {
        await using var rig = new SmtpRig();
        rig.Directory.Domain("cat.test", "alice@us.test").Alias("@cat.test", "alice@us.test");
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        foreach (var line in new[] { $"MAIL FROM:{sender}", $"RCPT TO:{recipient}", "DATA", $"{message}\r\n." })
        {
            await client.SendAsync(Encoding.UTF8.GetBytes(line + "\r\n"));
            Assert.StartsWith(line == "DATA" ? "354" : "250", await client.ReadReplyAsync(), StringComparison.Ordinal);
        }
        var (envelope, content) = Assert.Single(await rig.SpooledAsync());
        Assert.Equal(needed, envelope.SmtpUtf8);
        Assert.Contains(sender.EndsWith("SMTPUTF8", StringComparison.Ordinal) ? " with UTF8SMTP id " : " with ESMTP id ", Encoding.UTF8.GetString(content), StringComparison.Ordinal);
        Assert.Contains($"for {recipient};", Encoding.UTF8.GetString(content), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UN_02_octets_that_are_no_UTF_8_are_no_address()
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        foreach (var octets in new[] { "\xfc", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3\xbc\xfc" })
            Assert.StartsWith("501 5.1.7", await client.AskAsync($"MAIL FROM:<{octets}@far.test> SMTPUTF8"), StringComparison.Ordinal);
    }
}
