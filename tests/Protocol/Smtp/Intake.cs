// What becomes of message content: stored octet by octet, or refused with the right reply and nothing stored.
using System.Security.Cryptography;
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig.Memory;

namespace MailFunctions.Protocol.Smtp;

public sealed class Intake
{
    [Theory]
    [InlineData("")]
    [InlineData("x\r\n")]
    [InlineData("Subject: a\r\n\r\nbody\r\n")]
    [InlineData("\r\n\r\n\r\n")]
    [InlineData(".\r\n..\r\n.x\r\n")]
    [InlineData("\u00e4\u00ff\u0080\r\n")]
    [InlineData("a\v.\vb\f.\fc\r\n")]
    public async Task Content_is_stored_octet_by_octet_below_our_trace(string content)
    {
        await using var rig = new SmtpRig();
        Assert.StartsWith("250 2.0.0 OK queued as ", await DeliverAsync(rig, Stuff(content) + ".\r\n"), StringComparison.Ordinal);
        var (envelope, stored) = Assert.Single(await rig.SpooledAsync());
        var text = Encoding.Latin1.GetString(stored);
        Assert.EndsWith(content, text, StringComparison.Ordinal);
        Assert.Matches(
            $@"^Received: from c\.test \(\[192\.0\.2\.9\]\)\r\n\tby mx\.us\.test with ESMTP id {envelope.Id}\r\n\tfor <alice@us\.test>;\r\n\t"
            + @"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000\r\n$",
            text[..^content.Length]);
    }

    [Fact]
    public async Task The_envelope_says_who_and_how_and_the_queue_says_which()
    {
        await using var rig = new SmtpRig();
        var reply = await DeliverAsync(rig, "x\r\n.\r\n", "<both@us.test>", "<ALICE@us.test>");
        var (envelope, stored) = Assert.Single(await rig.SpooledAsync());
        Assert.Equal($"250 2.0.0 OK queued as {envelope.Id}", reply);
        Assert.Equal("a@far.test", envelope.ReversePath.ToString());
        Assert.Equal(("c.test", "192.0.2.9", null), (envelope.Helo, envelope.ClientAddress, envelope.Login));
        Assert.Equal(["alice@us.test", "bob@us.test"], envelope.Recipients.Select(recipient => recipient.Target.ToString()));
        Assert.Equal(envelope.Id, Assert.Single(rig.Stores.Queue.Items(WorkQueue.Accepted)).Id);
        Assert.DoesNotContain("for <", Encoding.Latin1.GetString(stored), StringComparison.Ordinal); // two recipients: neither is named
    }

    [Fact]
    public async Task Wishes_for_reports_stand_in_the_envelope_and_change_nothing_about_where_mail_goes()
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        Assert.StartsWith("250", await client.AskAsync("MAIL FROM:<a@far.test> RET=HDRS ENVID=QQ+3D1"), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<both@us.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;V+2Bx@evil.test"), StringComparison.Ordinal);
        Assert.StartsWith("354", await client.AskAsync("DATA"), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("x\r\n."), StringComparison.Ordinal);

        var envelope = Assert.Single(await rig.SpooledAsync()).Envelope;

        Assert.Equal((ReturnRequest.Headers, "QQ=1"), (envelope.Return, envelope.EnvelopeId));
        Assert.Equal(["alice@us.test", "bob@us.test"], envelope.Recipients.Select(to => to.Target.ToString()));
        Assert.All(envelope.Recipients, to => Assert.Equal(
            (Notify.Success | Notify.Delay, new OriginalRecipient("rfc822", "V+x@evil.test")), (to.Notify, to.Named)));
    }

    [Theory]
    [InlineData(100_000, "250")]
    [InlineData(100_001, "552 5.3.4")]
    [InlineData(300_000, "552 5.3.4")]
    public async Task A_message_has_its_limit_also_where_its_size_was_not_declared(int size, string reply)
    {
        await using var rig = new SmtpRig();
        var line = new string('x', 98) + "\r\n";
        var content = string.Concat(Enumerable.Repeat(line, size / 100));
        content = content[..^2] + new string('y', size % 100) + "\r\n";
        Assert.StartsWith(reply, await DeliverAsync(rig, content + ".\r\n"), StringComparison.Ordinal);
        Assert.Equal(reply == "250" ? 1 : 0, rig.Stores.Spool.Ids.Count);
    }

    [Theory]
    [InlineData(100, "250")]
    [InlineData(101, "554 5.4.6")]
    public async Task LP_04_a_message_with_too_many_hops_is_in_a_loop(int hops, string reply)
    {
        await using var rig = new SmtpRig();
        var header = string.Concat(Enumerable.Repeat("Received: from x by y; Tue, 3 Feb 2026 12:00:05 +0000\r\n", hops));
        Assert.StartsWith(reply, await DeliverAsync(rig, header + "\r\n.\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LP_04_a_message_that_was_delivered_to_the_same_address_before_is_in_a_loop()
    {
        await using var rig = new SmtpRig();
        const string Before = "Delivered-To: Alice@us.test\r\nSubject: x\r\n\r\nx\r\n.\r\n";
        Assert.StartsWith("554 5.4.6", await DeliverAsync(rig, Before), StringComparison.Ordinal);
        Assert.Empty(rig.Stores.Spool.Ids);
        Assert.StartsWith("250", await DeliverAsync(rig, Before, "<bob@us.test>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await DeliverAsync(rig, "Subject: x\r\n\r\nDelivered-To: alice@us.test\r\n.\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LP_04_of_several_recipients_only_the_one_who_has_had_the_message_before_is_in_a_loop()
    {
        await using var rig = new SmtpRig();
        Assert.StartsWith("250", await DeliverAsync(rig, "Delivered-To: bob@us.test\r\n\r\nx\r\n.\r\n", "<both@us.test>"), StringComparison.Ordinal);
        var (envelope, _) = Assert.Single(await rig.SpooledAsync());
        Assert.Equal([("alice@us.test", false), ("bob@us.test", true)], envelope.Recipients.Select(to => (to.Target.ToString(), to.Loops)));
    }

    [Fact]
    public async Task LP_06_what_an_alias_sends_away_is_known_when_it_comes_back()
    {
        await using var rig = new SmtpRig();
        rig.Directory.Alias("away@us.test", "b@far.test");
        Assert.StartsWith("250", await DeliverAsync(rig, "Subject: x\r\n\r\nx\r\n.\r\n", "<Away@us.test>"), StringComparison.Ordinal);
        var sent = Encoding.Latin1.GetString(Assert.Single(await rig.SpooledAsync()).Content);
        Assert.StartsWith("Delivered-To: away@us.test\r\nReceived: ", sent, StringComparison.Ordinal);
        Assert.StartsWith("554 5.4.6", await DeliverAsync(rig, sent + ".\r\n", "<away@us.test>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await DeliverAsync(rig, sent + ".\r\n", "<alice@us.test>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LIM_03_a_header_of_a_thousand_and_one_fields_is_refused()
    {
        await using var rig = new SmtpRig();
        Assert.StartsWith(
            "550 5.6.0", await DeliverAsync(rig, string.Concat(Enumerable.Repeat("X: y\r\n", 1_001)) + "\r\n.\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Storage_that_fails_at_the_commit_is_451_and_the_session_goes_on()
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect();
        await BeginAsync(client, "<alice@us.test>");
        rig.Stores.Faults.FailEvery("Spool.Commit");
        Assert.StartsWith("451 4.3.0", await client.AskAsync("x\r\n."), StringComparison.Ordinal);
        Assert.StartsWith("503", await client.AskAsync("DATA"), StringComparison.Ordinal);
        rig.Stores.Faults.Clear();
        Assert.StartsWith("250", await client.AskAsync("MAIL FROM:<a@far.test>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<alice@us.test>"), StringComparison.Ordinal);
        Assert.StartsWith("354", await client.AskAsync("DATA"), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("x\r\n."), StringComparison.Ordinal);
        Assert.Single(rig.Stores.Spool.Ids);
    }

    [Fact]
    public async Task F06_a_queue_that_cannot_be_told_does_not_undo_the_commit()
    {
        await using var rig = new SmtpRig();
        rig.Stores.Faults.FailEvery("Queue.Enqueue");
        Assert.StartsWith("250 2.0.0", await DeliverAsync(rig, "x\r\n.\r\n"), StringComparison.Ordinal);
        Assert.Single(rig.Stores.Spool.Ids);
    }

    [Fact]
    public async Task LP_01_a_directory_that_cannot_be_reached_is_451_at_RCPT()
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        await client.AskAsync("MAIL FROM:<a@far.test>");
        rig.Directory.IsDown = true;
        Assert.StartsWith("451 4.3.0", await client.AskAsync("RCPT TO:<alice@us.test>"), StringComparison.Ordinal);
        rig.Directory.IsDown = false;
        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<alice@us.test>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_away_inside_content_leaves_nothing()
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect();
        await BeginAsync(client, "<alice@us.test>");
        await client.SendAsync("Subject: x\r\n\r\nbody\r\n.\r");
        await client.CloseAsync();
        await client.Ended;
        Assert.Empty(rig.Stores.Spool.Ids);
    }

    [Fact]
    public async Task A_client_that_closes_behind_the_end_of_its_message_has_handed_it_over()
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect();
        await BeginAsync(client, "<alice@us.test>");
        await client.SendAsync("body\r\n.\r\n");
        await client.CloseAsync();
        Assert.StartsWith("250 2.0.0", await client.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Single(rig.Stores.Spool.Ids);
    }

    [Fact]
    public async Task A_message_that_is_refused_and_does_not_end_ends_the_session()
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect();
        await BeginAsync(client, "<alice@us.test>");
        var end = client.ReadToEndAsync();
        // The most that a message may have, ten times as much while waiting for its end, and what is under way meanwhile.
        for (var sent = 0; sent < 1_500_000 && !end.IsCompleted; sent += 10_000)
            await client.SendAsync(string.Concat(Enumerable.Repeat(new string('x', 998) + "\r\n", 10)));
        Assert.Equal("421 4.3.4 Message does not end, closing connection\r\n", await end);
        Assert.Empty(rig.Stores.Spool.Ids);
    }

    [Fact]
    public async Task A_client_that_stalls_inside_content_is_let_go()
    {
        var time = new ManualTime();
        await using var rig = new SmtpRig(time: time);
        await using var client = rig.Connect();
        await BeginAsync(client, "<alice@us.test>");
        await client.SendAsync("body\r\n");
        var end = client.ReadToEndAsync();
        while (!end.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1)); // in small steps: however slow this machine is, no other limit is to pass first
            await Task.Delay(10);
        }
        Assert.StartsWith("421 4.4.2", await end, StringComparison.Ordinal);
        Assert.Empty(rig.Stores.Spool.Ids);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1_000)]
    public async Task The_content_is_the_same_however_the_network_cuts_it(int piece)
    {
        await using var rig = new SmtpRig();
        var random = new Random(20_260_101);
        var content = new StringBuilder();
        while (content.Length < 5_000)
            content.Append(new string((char)random.Next('.', '0'), random.Next(0, 5))).Append("\r\n");
        Assert.StartsWith("250", await DeliverAsync(rig, Stuff(content.ToString()) + ".\r\n", piece), StringComparison.Ordinal);
        var (_, stored) = Assert.Single(await rig.SpooledAsync());
        Assert.Equal(
            SHA256.HashData(Encoding.Latin1.GetBytes(content.ToString())), SHA256.HashData(stored.AsSpan(stored.Length - content.Length)));
    }

    [Theory]
    [InlineData("us.test", null, "alice@us.test")]
    [InlineData("mx.us.test", null, "alice@us.test")]
    [InlineData("a.b.us.test", null, "alice@us.test")]
    [InlineData("far.test", "bob@us.test", "bob@us.test")]
    public async Task Postmaster_without_a_domain_is_somebody_of_ours(string hostname, string? postmaster, string reader)
    {
        await using var rig = new SmtpRig(options => (options.Hostname, options.Postmaster) = (hostname, postmaster));
        Assert.StartsWith("250", await DeliverAsync(rig, "x\r\n.\r\n", "<postmaster>"), StringComparison.Ordinal);
        Assert.Equal(reader, Assert.Single(Assert.Single(await rig.SpooledAsync()).Envelope.Recipients).Target.ToString());
    }

    [Fact]
    public async Task Too_many_recipients_are_put_off_to_another_transaction()
    {
        await using var rig = new SmtpRig(options => options.Limits.RecipientsUnauthenticated = 1_000);
        for (var i = 0; i < 1_001; i++)
            rig.Directory.Account($"u{i}@us.test");
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        await client.AskAsync("MAIL FROM:<a@far.test>");
        for (var i = 0; i < 1_000; i++)
            Assert.StartsWith("250", await client.AskAsync($"RCPT TO:<u{i}@us.test>"), StringComparison.Ordinal);
        Assert.StartsWith("452 4.5.3", await client.AskAsync("RCPT TO:<u1000@us.test>"), StringComparison.Ordinal);
        Assert.Equal(1, rig.Meters["limits Recipients"]);
    }

    private static Task<string?> DeliverAsync(SmtpRig rig, string wire, params string[] recipients) => DeliverAsync(rig, wire, 0, recipients);

    private static async Task<string?> DeliverAsync(SmtpRig rig, string wire, int piece, params string[] recipients)
    {
        await using var client = rig.Connect();
        await BeginAsync(client, recipients.Length == 0 ? ["<alice@us.test>"] : recipients);
        client.PieceSize = piece;
        await client.SendAsync(wire);
        var reply = await client.ReadReplyAsync();
        Assert.Equal("250 2.0.0 OK", await client.AskAsync("NOOP")); // exactly one reply came for all that was sent
        return reply;
    }

    private static async Task BeginAsync(MemoryClient client, params string[] recipients)
    {
        Assert.StartsWith("220", await client.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("EHLO c.test"), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("MAIL FROM:<a@far.test>"), StringComparison.Ordinal);
        foreach (var recipient in recipients)
            Assert.StartsWith("250", await client.AskAsync($"RCPT TO:{recipient}"), StringComparison.Ordinal);
        Assert.StartsWith("354", await client.AskAsync("DATA"), StringComparison.Ordinal);
    }

    private static string Stuff(string content) =>
        string.Concat(content.Split("\r\n").Select((line, i) => (i > 0 ? "\r\n" : "") + (line.StartsWith('.') ? "." : "") + line));
}
