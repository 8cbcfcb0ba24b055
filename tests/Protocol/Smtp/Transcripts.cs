// Sessions as data: what the client says, and how the server's replies begin.
namespace MailFunctions.Protocol.Smtp;

public sealed class Transcripts
{
    // "> " the client says a line; "< " the next reply begins so; "<." the server has closed.
    public static TheoryData<string, string, string[]> Rows => new()
    {
        { "greeting and goodbye", "Smtp", ["< 220 mx.us.test ESMTP", "> QUIT", "< 221 2.0.0", "<."] },
        { "EHLO lists what there is", "Smtp", [
            "< 220", "> EHLO c.test",
            "< 250-mx.us.test | 250-PIPELINING | 250-SIZE 100000 | 250-8BITMIME | 250-ENHANCEDSTATUSCODES | 250-DSN | 250-CHUNKING | 250-SMTPUTF8 | 250-LIMITS RCPTMAX=100 | 250 STARTTLS", "> QUIT", "< 221", "<."] },
        { "submission in clear offers no AUTH", "Submission", [
            "< 220", "> EHLO c.test",
            "< 250-mx.us.test | 250-PIPELINING | 250-SIZE 100000 | 250-8BITMIME | 250-ENHANCEDSTATUSCODES | 250-DSN | 250-CHUNKING | 250-SMTPUTF8 | 250-LIMITS RCPTMAX=1000 | 250 STARTTLS",
            "> AUTH PLAIN AGEAYg==", "< 538 5.7.11", "> MAIL FROM:<alice@us.test>", "< 530 5.7.0", "> QUIT", "< 221", "<."] },
        { "one message", "Smtp", [
            "< 220", "> EHLO c.test", "< 250", "> MAIL FROM:<a@far.test>", "< 250 2.1.0", "> RCPT TO:<alice@us.test>", "< 250 2.1.5",
            "> DATA", "< 354", "> Subject: x", "> ", "> body", "> .", "< 250 2.0.0 OK queued as ", "> QUIT", "< 221", "<."] },
        { "an empty message", "Smtp", [
            "< 220", "> HELO c.test", "< 250 mx.us.test", "> MAIL FROM:<>", "< 250", "> RCPT TO:<alice@us.test>", "< 250",
            "> DATA", "< 354", "> .", "< 250 2.0.0", "> NOOP", "< 250", "> QUIT", "< 221", "<."] },
        { "everything out of order", "Smtp", [
            "< 220", "> MAIL FROM:<a@far.test>", "< 503 5.5.1", "> RCPT TO:<alice@us.test>", "< 503", "> DATA", "< 503", "> STARTTLS", "< 503",
            "> EHLO c.test", "< 250", "> RCPT TO:<alice@us.test>", "< 503 5.5.1", "> DATA", "< 503",
            "> MAIL FROM:<a@far.test>", "< 250", "> MAIL FROM:<b@far.test>", "< 503", "> DATA", "< 503 5.5.1", "> STARTTLS", "< 503",
            "> RSET", "< 250", "> RCPT TO:<alice@us.test>", "< 503", "> QUIT", "< 221", "<."] },
        { "RSET forgets sender and recipients together", "Smtp", [
            "< 220", "> EHLO c.test", "< 250", "> MAIL FROM:<a@far.test>", "< 250", "> RCPT TO:<alice@us.test>", "< 250",
            "> RSET", "< 250", "> DATA", "< 503", "> MAIL FROM:<a@far.test>", "< 250", "> DATA", "< 503 5.5.1", "> QUIT", "< 221", "<."] },
        { "EHLO forgets them too", "Smtp", [
            "< 220", "> EHLO c.test", "< 250", "> MAIL FROM:<a@far.test>", "< 250", "> RCPT TO:<alice@us.test>", "< 250",
            "> EHLO c.test", "< 250", "> DATA", "< 503", "> QUIT", "< 221", "<."] },
        { "a refused message ends its transaction", "Smtp", [
            "< 220", "> EHLO c.test", "< 250", "> MAIL FROM:<a@far.test>", "< 250", "> RCPT TO:<alice@us.test>", "< 250",
            "> DATA", "< 354", "> a\0b", "> .", "< 550 5.6.0", "> RCPT TO:<alice@us.test>", "< 503", "> DATA", "< 503", "> QUIT", "< 221", "<."] },
        { "recipients", "Smtp", [
            "< 220", "> EHLO c.test", "< 250", "> MAIL FROM:<a@far.test>", "< 250",
            "> RCPT TO:<alice@us.test>", "< 250", "> RCPT TO:<ALICE@US.TEST>", "< 250", "> RCPT TO:<Postmaster>", "< 250",
            "> RCPT TO:<postmaster@us.test>", "< 250", "> RCPT TO:<abuse@us.test>", "< 250", "> RCPT TO:<both@us.test>", "< 250",
            "> RCPT TO:<nobody@us.test>", "< 550 5.1.1", "> RCPT TO:<circle@us.test>", "< 550 5.4.6", "> RCPT TO:<x@far.test>", "< 550 5.7.1",
            "> RCPT TO:<alice@us.test> X=y", "< 555 5.5.4", "> QUIT", "< 221", "<."] },
        { "wishes for reports", "Smtp", [
            "< 220", "> EHLO c.test", "< 250", "> MAIL FROM:<a@far.test> RET=HDRS ENVID=QQ+3D1", "< 250",
            "> RCPT TO:<alice@us.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;alice@us.test", "< 250", "> RCPT TO:<bob@us.test> notify=never", "< 250",
            "> RSET", "< 250", "> MAIL FROM:<> RET=full", "< 250", "> QUIT", "< 221", "<."] },
        { "wishes for reports that are none", "Smtp", [
            "< 220", "> EHLO c.test", "< 250", "> MAIL FROM:<a@far.test> RET=SOME", "< 501 5.5.4", "> MAIL FROM:<a@far.test> RET", "< 501",
            "> MAIL FROM:<a@far.test> RET=FULL RET=FULL", "< 501", "> MAIL FROM:<a@far.test> ENVID", "< 501",
            "> MAIL FROM:<a@far.test> NOTIFY=NEVER", "< 555", "> MAIL FROM:<a@far.test>", "< 250",
            "> RCPT TO:<alice@us.test> NOTIFY=NEVER,SUCCESS", "< 501", "> RCPT TO:<alice@us.test> NOTIFY=SUCCESS,SUCCESS", "< 501",
            "> RCPT TO:<alice@us.test> NOTIFY", "< 501", "> RCPT TO:<alice@us.test> NOTIFY=NEVER NOTIFY=NEVER", "< 501",
            "> RCPT TO:<alice@us.test> ORCPT=alice@us.test", "< 501", "> RCPT TO:<alice@us.test> ORCPT=;alice@us.test", "< 501",
            "> RCPT TO:<alice@us.test> RET=FULL", "< 555", "> QUIT", "< 221", "<."] },
        { "INJ-02 line ends in xtext", "Smtp", [
            "< 220", "> EHLO c.test", "< 250", "> MAIL FROM:<a@far.test> ENVID=+0D+0AX:y", "< 501 5.5.4", "> MAIL FROM:<a@far.test> ENVID=+00", "< 501",
            "> MAIL FROM:<a@far.test>", "< 250", "> RCPT TO:<alice@us.test> ORCPT=rfc822;a+0ADATA", "< 501 5.5.4",
            "> RCPT TO:<alice@us.test> ORCPT=rf+0Dc;a", "< 501", "> QUIT", "< 221", "<."] },
        { "RLY-28 an ORCPT that points elsewhere", "Smtp", [
            "< 220", "> EHLO c.test", "< 250", "> MAIL FROM:<a@far.test>", "< 250", "> RCPT TO:<alice@us.test> ORCPT=rfc822;V@evil.test", "< 250",
            "> RCPT TO:<V@evil.test> ORCPT=rfc822;alice@us.test", "< 550 5.7.1", "> QUIT", "< 221", "<."] },
        { "after HELO there are no wishes for reports", "Smtp", [
            "< 220", "> HELO c.test", "< 250", "> MAIL FROM:<a@far.test> RET=FULL", "< 555", "> MAIL FROM:<a@far.test>", "< 250",
            "> RCPT TO:<alice@us.test> NOTIFY=NEVER", "< 555", "> QUIT", "< 221", "<."] },
        { "parameters of MAIL", "Smtp", [
            "< 220", "> EHLO c.test", "< 250",
            "> MAIL FROM:<a@far.test> SIZE=100000 BODY=8BITMIME", "< 250", "> RSET", "< 250",
            "> MAIL FROM:<a@far.test> SIZE=100001", "< 552 5.3.4", "> MAIL FROM:<a@far.test> SIZE=99999999999999999999", "< 552",
            "> MAIL FROM:<a@far.test> SIZE=999999999999999999999", "< 501", "> MAIL FROM:<a@far.test> SIZE", "< 501",
            "> MAIL FROM:<a@far.test> SIZE=-1", "< 501", "> MAIL FROM:<a@far.test> SIZE=1 SIZE=1", "< 501",
            "> MAIL FROM:<a@far.test> BODY=7BIT", "< 250", "> RSET", "< 250", "> MAIL FROM:<a@far.test> BODY=BINARYMIME", "< 555",
            "> MAIL FROM:<a@far.test> SMTPUTF8=1", "< 501", "> MAIL FROM:<a@far.test> AUTH=<>", "< 555",
            "> MAIL FROM:<a@far.test> REQUIRETLS", "< 555 5.5.4", "> MAIL FROM:<a@far.test> X=y", "< 555 5.5.4", "> QUIT", "< 221", "<."] },
        { "after HELO there are no extensions", "Smtp", [
            "< 220", "> HELO c.test", "< 250", "> MAIL FROM:<a@far.test> SIZE=1", "< 555", "> MAIL FROM:<a@far.test>", "< 250", "> QUIT", "< 221", "<."] },
        { "commands that tell nothing", "Smtp", [
            "< 220", "> VRFY alice", "< 252 2.1.5", "> EXPN list", "< 502", "> HELP", "< 214", "> NOOP x y z", "< 250", "> TURN", "< 500",
            "> ETRN us.test", "< 500", "> XCLIENT ADDR=1.2.3.4", "< 500", "> AUTH PLAIN x", "< 503", "> EHLO c.test", "< 250",
            "> AUTH PLAIN AGEAYg==", "< 502", "> QUIT", "< 221", "<."] },
        { "rubbish", "Smtp", [
            "< 220", "> ", "< 500 5.5.2", "> A\rB", "< 500 5.5.2", "> NOOP\0", "< 500", "> QUIT", "< 221", "<."] },
        { "TLS-12 a browser is hung up on", "Smtp", ["< 220", "> POST / HTTP/1.1", "< 554 5.5.0", "<."] },
        { "twenty errors end the session", "Smtp", [
            "< 220", .. Enumerable.Repeat<string[]>(["> X", "< 500"], 20).SelectMany(pair => pair), "< 421 4.7.0", "<."] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_session_goes_by_its_transcript(string name, string listener, string[] lines)
    {
        Assert.NotEmpty(name);
        foreach (var piece in new[] { 0, 1, 7 })
        {
            await using var rig = new SmtpRig();
            await using var client = rig.Connect(listener);
            client.PieceSize = piece;
            foreach (var line in lines)
            {
                if (line == "<.")
                    Assert.Null(await client.ReadReplyAsync());
                else if (line.StartsWith("> ", StringComparison.Ordinal))
                    await client.SendAsync(line[2..] + "\r\n");
                else
                    Assert.StartsWith(line[2..], await client.ReadReplyAsync(), StringComparison.Ordinal);
            }
            await client.Ended;
        }
    }

    // RFC 3207 4.2: STARTTLS is not offered a second time. AUTH is for those who submit, and who have not yet.
    [Theory]
    [InlineData("Smtp", "250 LIMITS RCPTMAX=100", "")]
    [InlineData("Submission", "250-LIMITS RCPTMAX=1000", " | 250 AUTH SCRAM-SHA-256 PLAIN LOGIN")]
    [InlineData("Submissions", "250-LIMITS RCPTMAX=1000", " | 250 AUTH SCRAM-SHA-256 PLAIN LOGIN")]
    public async Task Under_TLS_EHLO_lists_what_there_is_and_no_more(string listener, string limits, string auth)
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect(listener);
        if (listener == "Submissions")
            await client.StartTlsAsync();
        await client.ReadReplyAsync();
        if (listener != "Submissions")
        {
            await client.AskAsync("EHLO c.test");
            Assert.StartsWith("220", await client.AskAsync("STARTTLS"), StringComparison.Ordinal);
            await client.StartTlsAsync();
        }
        Assert.Equal(
            "250-mx.us.test | 250-PIPELINING | 250-SIZE 100000 | 250-8BITMIME | 250-ENHANCEDSTATUSCODES | 250-DSN | 250-CHUNKING | 250-SMTPUTF8 | "
                + limits + auth, await client.AskAsync("EHLO c.test"));
    }

    // RFC 8689: whoever wants it must be told that it is not had here; a message sent without would be what he did not want.
    [Theory]
    [MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public async Task REQUIRETLS_is_neither_offered_nor_taken(string listener, bool tls)
    {
        await using var rig = new SmtpRig();
        await using var client = await Ways.ConnectAsync(rig, listener, tls);
        Assert.DoesNotContain("REQUIRETLS", await client.AskAsync("EHLO c.test"), StringComparison.Ordinal);
        Assert.StartsWith("555 5.5.4", await client.AskAsync("MAIL FROM:<alice@us.test> REQUIRETLS"), StringComparison.Ordinal);
        Assert.StartsWith("503", await client.AskAsync("RCPT TO:<bob@us.test>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_sent_together_are_answered_together_and_in_order()
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect();
        await client.SendAsync("EHLO c.test\r\nMAIL FROM:<a@far.test>\r\nRCPT TO:<alice@us.test>\r\nRCPT TO:<nobody@us.test>\r\nDATA\r\n");
        foreach (var start in new[] { "220", "250-mx", "250 2.1.0", "250 2.1.5", "550 5.1.1", "354" })
            Assert.StartsWith(start, await client.ReadReplyAsync(), StringComparison.Ordinal);
        // RFC 2920: behind the end of the content the next group may follow at once.
        await client.SendAsync("x\r\n.\r\nMAIL FROM:<b@far.test>\r\nRCPT TO:<bob@us.test>\r\nDATA\r\n");
        foreach (var start in new[] { "250 2.0.0", "250 2.1.0", "250 2.1.5", "354" })
            Assert.StartsWith(start, await client.ReadReplyAsync(), StringComparison.Ordinal);
        await client.SendAsync("y\r\n.\r\nQUIT\r\n");
        foreach (var start in new[] { "250 2.0.0", "221" })
            Assert.StartsWith(start, await client.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Equal(2, rig.Stores.Spool.Ids.Count);
    }

    [Theory]
    [MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public async Task SMG_22_content_before_354_ends_the_session_and_stores_nothing(string listener, bool tls)
    {
        await using var rig = new SmtpRig();
        await using var client = await Ways.ConnectAsync(rig, listener, tls);
        await client.SendAsync("MAIL FROM:<alice@us.test>\r\nRCPT TO:<bob@us.test>\r\nDATA\r\nFrom: alice@us.test\r\n.\r\n");
        Assert.EndsWith("554 5.5.0 Message data came before it was asked for, closing connection\r\n", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Empty(rig.Stores.Spool.Ids);
    }

    [Fact]
    public async Task A_bare_LF_ends_the_session()
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect();
        await client.SendAsync("EHLO c.test\nMAIL FROM:<a@far.test>\r\n");
        Assert.EndsWith("500 5.5.2 Lines end with <CR><LF>, closing connection\r\n", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2_048, "250")]
    [InlineData(2_049, "500 5.5.6")]
    [InlineData(100_000, "500 5.5.6")]
    public async Task A_command_line_has_its_limit(int length, string reply)
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        Assert.StartsWith(reply, await client.AskAsync("NOOP " + new string('x', length - 7)), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("NOOP"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_says_nothing_is_told_so_and_let_go()
    {
        var time = new MailFunctions.Rig.Memory.ManualTime();
        await using var rig = new SmtpRig(time: time);
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        var end = client.ReadToEndAsync();
        while (!end.IsCompleted)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(10);
        }
        Assert.Equal("421 4.4.2 Timeout, closing connection\r\n", await end);
    }

    [Fact]
    public async Task Under_TLS_too_a_client_that_says_nothing_is_told_so_and_let_go()
    {
        var time = new MailFunctions.Rig.Memory.ManualTime();
        await using var rig = new SmtpRig(time: time);
        await using var client = await rig.ConnectTlsAsync();
        var end = client.ReadToEndAsync();
        while (!end.IsCompleted)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(10);
        }
        Assert.Equal("421 4.4.2 Timeout, closing connection\r\n", await end);
    }

    [Fact]
    public async Task Replies_to_a_flood_of_pipelined_commands_are_not_piled_up_in_memory()
    {
        await using var rig = new SmtpRig(options => options.Limits.CommandsWithoutMail = 1_000_000);
        await using var client = rig.Connect();
        var replies = client.ReadToEndAsync();
        await client.SendAsync("EHLO c.test\r\n" + string.Concat(Enumerable.Repeat("HELP\r\n", 100_000)) + "QUIT\r\n");
        Assert.Equal(100_000, (await replies).Split("214 2.0.0").Length - 1);
        Assert.InRange(client.MostUnflushed, 1, 32 * 1024);
    }

    [Fact]
    public async Task A_gateway_that_stops_says_so_between_commands()
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        Assert.StartsWith("250", await client.AskAsync("NOOP"), StringComparison.Ordinal);
        client.RequestStop();
        Assert.StartsWith("421 4.3.2", await client.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Null(await client.ReadReplyAsync());
    }

    [Fact]
    public async Task Too_many_connections_of_one_address_are_told_so()
    {
        await using var rig = new SmtpRig(options => options.Limits.ConnectionsPerAddress = 2);
        await using var first = rig.Connect();
        await using var second = rig.Connect();
        await first.ReadReplyAsync();
        await second.ReadReplyAsync();
        await using (var third = rig.Connect())
            Assert.Equal("421 4.7.0 Too many connections, try again later\r\n", await third.ReadToEndAsync());
        await using var other = rig.Connect(address: "192.0.2.10");
        Assert.StartsWith("220", await other.ReadReplyAsync(), StringComparison.Ordinal);
        await first.AskAsync("QUIT");
        await first.Ended;
        await using var fourth = rig.Connect();
        Assert.StartsWith("220", await fourth.ReadReplyAsync(), StringComparison.Ordinal);
    }
}
