// Controls and line ends in what a client says of itself, of senders and of recipients, on every way by which mail comes in.
using System.Text;

namespace MailFunctions.Protocol.Smtp;

public sealed class Injections
{
    // The name, what is said in front, the line, and how it is answered.
    private static readonly (string Name, string Before, string Line, string Reply)[] Rows =
    [
        ("INJ-01 a command in a path", "", "MAIL FROM:<a\rRCPT TO:<x@y>", "500 5.5.2"),
        ("INJ-01 NUL", "", "MAIL FROM:<a\0b@us.test>", "500 5.5.2"),
        ("INJ-01 DEL", "", "MAIL FROM:<a\u007fb@us.test>", "501"),
        ("INJ-01 ESC", "", "MAIL FROM:<a\u001bb@us.test>", "501"),
        ("INJ-01 no SMTPUTF8", "", "MAIL FROM:<alic\u00e9@us.test>", "550 5.6.7"),
        ("INJ-01 DEL in a recipient", "MAIL FROM:<alice@us.test>", "RCPT TO:<\"a\u007fb\"@us.test>", "501"),
        ("INJ-01 a line end in quotes", "MAIL FROM:<alice@us.test>", "RCPT TO:<\"a\rb\"@us.test>", "500 5.5.2"),
        ("INJ-02 ENVID", "", "MAIL FROM:<alice@us.test> ENVID=+0D+0AX:y", "501 5.5.4"),
        ("INJ-02 ENVID with NUL", "", "MAIL FROM:<alice@us.test> ENVID=+00", "501 5.5.4"),
        ("INJ-02 ORCPT", "MAIL FROM:<alice@us.test>", "RCPT TO:<bob@us.test> ORCPT=rfc822;a+0ADATA", "501 5.5.4"),
        ("INJ-02 the type of ORCPT", "MAIL FROM:<alice@us.test>", "RCPT TO:<bob@us.test> ORCPT=rf+0Dc;a", "501"),
        ("INJ-03 a line end", "", "EHLO a\rX: y", "500 5.5.2"),
        ("INJ-03 a comment", "", "EHLO a(b)", "501 5.5.4"),
        ("INJ-03 the end of a field", "", "HELO a;b", "501 5.5.4"),
    ];

    [Theory]
    [MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public async Task INJ_01_to_INJ_03_what_hides_a_control_is_refused_and_leaves_everything_as_it_was(string listener, bool tls)
    {
        foreach (var (name, before, line, reply) in Rows)
        {
            await using var rig = new SmtpRig();
            await using var client = await Ways.ConnectAsync(rig, listener, tls);
            if (before.Length > 0)
                Assert.StartsWith("250", await client.AskAsync(before), StringComparison.Ordinal);
            var answer = await Ways.SayAsync(client, line);
            Assert.True(answer?.StartsWith(reply, StringComparison.Ordinal), $"{name}: {answer}");
            Assert.StartsWith(before.Length > 0 ? "503 5.5.1 No valid" : "503 5.5.1 Say MAIL", await client.AskAsync("DATA"), StringComparison.Ordinal);
        }
    }

    // INJ-03: the name goes into our trace field, and nothing but the name.
    [Theory]
    [MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public async Task INJ_03_a_name_of_all_that_may_be_in_one_stays_one_line_of_the_trace(string listener, bool tls)
    {
        await using var rig = new SmtpRig();
        await using var client = await Ways.ConnectAsync(rig, listener, tls);
        const string Name = "[IPv6:2001:db8::1]-a_b.c";
        foreach (var (line, reply) in new[]
        {
            ($"EHLO {Name}", "250"), ("MAIL FROM:<alice@us.test>", "250"), ("RCPT TO:<bob@us.test>", "250"), ("DATA", "354"),
        })
            Assert.StartsWith(reply, await client.AskAsync(line), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("From: alice@us.test\r\n\r\nx\r\n."), StringComparison.Ordinal);
        var content = Encoding.Latin1.GetString(Assert.Single(await rig.SpooledAsync()).Content);
        Assert.Contains(Name, content[..content.IndexOf("\r\nFrom: ", StringComparison.Ordinal)].Split("\r\n")[0], StringComparison.Ordinal);
    }

    // Letters that fold to those of an account are other letters, for users as for strangers.
    [Theory]
    [MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public async Task UN_01_and_UN_02_only_ASCII_is_folded_and_what_is_no_text_is_no_address(string listener, bool tls)
    {
        await using var rig = new SmtpRig();
        rig.Directory.Account("kate@us.test").Account("alise@us.test");
        await using var client = await Ways.ConnectAsync(rig, listener, tls);
        Assert.StartsWith("250", await client.AskAsync("MAIL FROM:<alice@us.test> SMTPUTF8"), StringComparison.Ordinal);
        foreach (var address in new[] { "\u212aate@us.test", "ali\u017fe@us.test", "al\u0131ce@us.test" })
            Assert.StartsWith("550 5.1.1", await Ways.SayAsync(client, $"RCPT TO:<{address}>"), StringComparison.Ordinal);
        foreach (var address in new[] { "alice\u0085@us.test", "alice\u202e@us.test", "alice@us\u3002test" })
            Assert.StartsWith("501 5.1.3", await Ways.SayAsync(client, $"RCPT TO:<{address}>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("RSET"), StringComparison.Ordinal);
        foreach (var octets in new[] { "\xfc", "\xc3", "\xc0\xaf", "\xed\xa0\x80" })
            Assert.StartsWith("501 5.1.7", await client.AskAsync($"MAIL FROM:<{octets}@us.test> SMTPUTF8"), StringComparison.Ordinal);
    }
}
