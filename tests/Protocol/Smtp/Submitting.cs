// TLS and logins: what is said in clear is forgotten, and nobody sends without a password.
using System.Security.Authentication;
using System.Text;

namespace MailFunctions.Protocol.Smtp;

public sealed class Submitting
{
    [Fact]
    public async Task TLS_05_after_STARTTLS_everything_said_in_clear_is_forgotten()
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect("Submission");
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        Assert.StartsWith("220 2.0.0", await client.AskAsync("STARTTLS"), StringComparison.Ordinal);
        await client.StartTlsAsync();
        Assert.StartsWith("503", await client.AskAsync("MAIL FROM:<alice@us.test>"), StringComparison.Ordinal);
        Assert.StartsWith("503", await client.AskAsync("AUTH PLAIN AGEAYg=="), StringComparison.Ordinal);
        Assert.EndsWith("250 AUTH SCRAM-SHA-256 PLAIN LOGIN", await client.AskAsync("EHLO c.test"), StringComparison.Ordinal);
        Assert.StartsWith("503", await client.AskAsync("STARTTLS"), StringComparison.Ordinal);
        Assert.StartsWith("530 5.7.0 Auth", await client.AskAsync("MAIL FROM:<alice@us.test>"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Smtp")]
    [InlineData("Submission")]
    public async Task TLS_01_a_command_pipelined_behind_STARTTLS_ends_the_session_unanswered(string listener)
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect(listener);
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        await client.SendAsync("STARTTLS\r\nNOOP\r\n");
        Assert.Equal("220 2.0.0 Go ahead\r\n", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Without_a_certificate_there_is_no_STARTTLS()
    {
        await using var rig = new SmtpRig(withTls: false);
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        Assert.DoesNotContain("STARTTLS", await client.AskAsync("EHLO c.test"), StringComparison.Ordinal);
        Assert.StartsWith("502", await client.AskAsync("STARTTLS"), StringComparison.Ordinal);
    }

    [Theory]
#pragma warning disable SYSLIB0039, CA5397 // old protocols, to see that they are refused
    [InlineData(SslProtocols.Tls)]
    [InlineData(SslProtocols.Tls11)]
#pragma warning restore SYSLIB0039, CA5397
    public async Task TLS_10_old_versions_are_refused(SslProtocols protocol)
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect("Submissions");
        await Assert.ThrowsAnyAsync<Exception>(() => client.StartTlsAsync(protocol));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Current_versions_are_taken(SslProtocols protocol)
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect("Submissions");
        await client.StartTlsAsync(protocol);
        Assert.StartsWith("220", await client.ReadReplyAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("EHLO c.test\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    public async Task Clear_text_on_a_TLS_listener_is_hung_up_on(string text)
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect("Submissions");
        await client.SendAsync(text);
        Assert.DoesNotContain("220", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    // "> " and "< " as in the transcripts; {..} is sent in base64.
    public static TheoryData<string, string[]> Logins => new()
    {
        { "PLAIN with an initial response", ["> AUTH PLAIN {\0alice@us.test\0open sesame}", "< 235 2.7.0"] },
        { "PLAIN without", ["> AUTH PLAIN", "< 334 ", "> {\0alice@us.test\0open sesame}", "< 235"] },
        { "PLAIN with its own name as authorization identity", ["> AUTH PLAIN {alice@us.test\0alice@us.test\0open sesame}", "< 235"] },
        { "the mechanism and the login in any case", ["> auth plain {\0ALICE@US.TEST\0open sesame}", "< 235"] },
        { "LOGIN", ["> AUTH LOGIN", "< 334 VXNlcm5hbWU6", "> {alice@us.test}", "< 334 UGFzc3dvcmQ6", "> {open sesame}", "< 235"] },
        { "LOGIN with an initial response", ["> AUTH LOGIN {alice@us.test}", "< 334 UGFzc3dvcmQ6", "> {open sesame}", "< 235"] },
        { "AU-04 twice", ["> AUTH PLAIN {\0alice@us.test\0open sesame}", "< 235", "> AUTH PLAIN {\0alice@us.test\0open sesame}", "< 503"] },
        { "a wrong password", ["> AUTH PLAIN {\0alice@us.test\0wrong}", "< 535 5.7.8 Authentication failed", "> NOOP", "< 250"] },
        { "an unknown user", ["> AUTH PLAIN {\0nobody@us.test\0open sesame}", "< 535 5.7.8 Authentication failed", "> NOOP", "< 250"] },
        { "another domain's user", ["> AUTH PLAIN {\0alice@far.test\0open sesame}", "< 535"] },
        { "no address", ["> AUTH PLAIN {\0alice\0open sesame}", "< 535"] },
        { "an alias is no login", ["> AUTH PLAIN {\0both@us.test\0open sesame}", "< 535"] },
        { "AU-07 a blank in front of the password", ["> AUTH PLAIN {\0alice@us.test\0 open sesame}", "< 535"] },
        { "an empty password", ["> AUTH PLAIN {\0alice@us.test\0}", "< 535"] },
        { "somebody else's authorization identity", ["> AUTH PLAIN {bob@us.test\0alice@us.test\0open sesame}", "< 501"] },
        { "AU-04 no NUL", ["> AUTH PLAIN {alice@us.test}", "< 501 5.5.2"] },
        { "AU-04 a NUL in the password", ["> AUTH PLAIN {\0alice@us.test\0open\0sesame}", "< 501"] },
        { "an empty login", ["> AUTH PLAIN {\0\0open sesame}", "< 501"] },
        { "AU-04 no base64", ["> AUTH PLAIN !!!", "< 501 5.5.2", "> NOOP", "< 250"] },
        { "AU-04 base64 cut off", ["> AUTH PLAIN AGFsaWNl=", "< 501"] },
        { "AU-04 an empty response in a line of its own", ["> AUTH PLAIN", "< 334 ", "> ", "< 501 5.5.2"] },
        { "AU-04 a blank in base64", ["> AUTH PLAIN AGFs aWNl", "< 501"] },
        { "AU-04 a name that is no UTF-8", ["> AUTH PLAIN AP/+AHNlY3JldA==", "< 501", "> AUTH LOGIN", "< 334", "> //4=", "< 501", "> NOOP", "< 250"] },
        { "AU-04 a name of nothing but NUL", ["> AUTH LOGIN {\0}", "< 501"] },
        { "AU-04 an empty response", ["> AUTH PLAIN =", "< 501"] },
        { "AU-04 cancelled", ["> AUTH LOGIN", "< 334", "> *", "< 501 5.7.0", "> NOOP", "< 250"] },
        { "AU-04 cancelled in the middle, and logged in after all", ["> AUTH LOGIN {alice@us.test}", "< 334", "> *", "< 501", "> AUTH PLAIN {\0alice@us.test\0open sesame}", "< 235"] },
        { "an unknown mechanism", ["> AUTH CRAM-MD5", "< 504 5.5.4", "> NOOP", "< 250"] },
        { "AU-03 three failures", [
            "> AUTH PLAIN {\0alice@us.test\0a}", "< 535", "> AUTH PLAIN {\0alice@us.test\0b}", "< 535",
            "> AUTH PLAIN {\0alice@us.test\0c}", "< 535", "< 421 4.7.0", "<."] },
        { "AU-04 inside a transaction", ["> AUTH PLAIN {\0alice@us.test\0open sesame}", "< 235", "> MAIL FROM:<alice@us.test>", "< 250", "> AUTH PLAIN", "< 503"] },
        { "the sender is the login's own", ["> AUTH PLAIN {\0alice@us.test\0open sesame}", "< 235",
            "> MAIL FROM:<bob@us.test>", "< 553 5.7.1", "> MAIL FROM:<x@far.test>", "< 553", "> MAIL FROM:<>", "< 553 5.7.1", "> MAIL FROM:<Alice@Us.test>", "< 250"] },
        { "a user may send anywhere but to nobody", ["> AUTH PLAIN {\0alice@us.test\0open sesame}", "< 235", "> MAIL FROM:<alice@us.test>", "< 250",
            "> RCPT TO:<x@far.test>", "< 250", "> RCPT TO:<x@[192.0.2.7]>", "< 250", "> RCPT TO:<bob@us.test>", "< 250", "> RCPT TO:<nobody@us.test>", "< 550 5.1.1"] },
        { "RFC 4954 5: who offers AUTH takes it with MAIL", ["> AUTH PLAIN {\0alice@us.test\0open sesame}", "< 235",
            "> MAIL FROM:<alice@us.test> SIZE=9 AUTH=<>", "< 250", "> RSET", "< 250", "> MAIL FROM:<alice@us.test> AUTH=a+3Db@us.test", "< 250", "> RSET", "< 250",
            "> MAIL FROM:<bob@us.test> AUTH=bob@us.test", "< 553", "> MAIL FROM:<alice@us.test> AUTH", "< 555"] },
        { "without a login nothing is sent", ["> MAIL FROM:<alice@us.test>", "< 530 5.7.0", "> RCPT TO:<bob@us.test>", "< 503", "> DATA", "< 503"] },
        { "RLY-29 after a failed login neither", ["> AUTH PLAIN {\0alice@us.test\0wrong}", "< 535", "> MAIL FROM:<alice@us.test>", "< 530"] },
    };

    [Theory]
    [MemberData(nameof(Logins))]
    public async Task A_login_goes_by_its_transcript(string name, string[] lines)
    {
        Assert.NotEmpty(name);
        await using var rig = new SmtpRig();
        await using var client = await rig.ConnectTlsAsync();
        foreach (var line in lines)
        {
            if (line == "<.")
                Assert.Null(await client.ReadReplyAsync());
            else if (line.StartsWith("> ", StringComparison.Ordinal))
                await client.SendAsync(Expand(line[2..]) + "\r\n");
            else
                Assert.StartsWith(line[2..], await client.ReadReplyAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(12_284, "501 5.5.2")] // no SASL, but no longer than it may be
    [InlineData(12_288, "500 5.5.6")]
    [InlineData(65_536, "500 5.5.6")]
    public async Task AU_04_a_SASL_line_has_its_limit(int length, string reply)
    {
        await using var rig = new SmtpRig();
        await using var client = await rig.ConnectTlsAsync();
        await client.AskAsync("AUTH PLAIN");
        Assert.StartsWith(reply, await client.AskAsync(new string('A', length)), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("NOOP"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_while_the_directory_is_down_is_put_off()
    {
        await using var rig = new SmtpRig();
        await using var client = await rig.ConnectTlsAsync();
        rig.Directory.IsDown = true;
        Assert.StartsWith("454 4.7.0", await client.AskAsync(Expand("AUTH PLAIN {\0alice@us.test\0open sesame}")), StringComparison.Ordinal);
        rig.Directory.IsDown = false;
        Assert.StartsWith("235", await client.AskAsync(Expand("AUTH PLAIN {\0alice@us.test\0open sesame}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_writes_to_so_many_new_recipients_a_day_and_no_more()
    {
        var time = new MailFunctions.Rig.Memory.ManualTime();
        await using var rig = new SmtpRig(options => options.Limits.NewRecipientsPerDay = 2, time);
        await using var client = await rig.ConnectTlsAsync();
        await client.AskAsync(Expand("AUTH PLAIN {\0alice@us.test\0open sesame}"));
        await client.AskAsync("MAIL FROM:<alice@us.test>");
        foreach (var (recipient, reply) in new[]
        {
            ("a@far.test", "250"), ("b@far.test", "250"), ("c@far.test", "450 4.7.1"), ("A@far.test", "250"), ("bob@us.test", "250"),
        })
            Assert.StartsWith(reply, await client.AskAsync($"RCPT TO:<{recipient}>"), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromDays(1));
        await using var tomorrow = await rig.ConnectTlsAsync();
        await tomorrow.AskAsync(Expand("AUTH PLAIN {\0alice@us.test\0open sesame}"));
        await tomorrow.AskAsync("MAIL FROM:<alice@us.test>");
        Assert.StartsWith("250", await tomorrow.AskAsync("RCPT TO:<c@far.test>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_submitted_message_tells_that_it_was()
    {
        await using var rig = new SmtpRig();
        await using var client = await rig.ConnectTlsAsync();
        await client.AskAsync(Expand("AUTH PLAIN {\0alice@us.test\0open sesame}"));
        await client.AskAsync("MAIL FROM:<alice@us.test>");
        await client.AskAsync("RCPT TO:<x@far.test>");
        await client.AskAsync("DATA");
        Assert.StartsWith("250", await client.AskAsync("From: alice@us.test\r\n\r\nx\r\n."), StringComparison.Ordinal);
        var (envelope, content) = Assert.Single(await rig.SpooledAsync());
        Assert.Equal("alice@us.test", envelope.Login.ToString());
        Assert.Equal(("x@far.test", false), (envelope.Recipients[0].Target.ToString(), envelope.Recipients[0].IsLocal));
        Assert.Contains(" with ESMTPSA id ", Encoding.Latin1.GetString(content), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.9", "250")]
    [InlineData("192.0.3.9", "550 5.7.1")]
    public async Task A_trusted_network_may_relay(string address, string reply)
    {
        await using var rig = new SmtpRig(options => options.RelayNetworks = "192.0.2.0/24, 2001:db8::/32");
        await using var client = rig.Connect(address: address);
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        await client.AskAsync("MAIL FROM:<a@far.test>");
        Assert.StartsWith(reply, await client.AskAsync("RCPT TO:<x@elsewhere.test>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hidden_address_trusts_nobody_and_is_not_written_down()
    {
        await using var rig = new SmtpRig(options => (options.RelayNetworks, options.ClientAddressHidden) = ("192.0.2.0/24", true));
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        await client.AskAsync("MAIL FROM:<a@far.test>");
        Assert.StartsWith("550 5.7.1", await client.AskAsync("RCPT TO:<x@elsewhere.test>"), StringComparison.Ordinal);
        await client.AskAsync("RCPT TO:<alice@us.test>");
        await client.AskAsync("DATA");
        Assert.StartsWith("250", await client.AskAsync("x\r\n."), StringComparison.Ordinal);
        var (envelope, content) = Assert.Single(await rig.SpooledAsync());
        Assert.Null(envelope.ClientAddress);
        Assert.DoesNotContain("192.0.2", Encoding.Latin1.GetString(content), StringComparison.Ordinal);
    }

    private static string Expand(string line)
    {
        var open = line.IndexOf('{', StringComparison.Ordinal);
        return open < 0 ? line : line[..open] + Convert.ToBase64String(Encoding.UTF8.GetBytes(line[(open + 1)..^1]));
    }
}
