// Everything that ever made a server an open relay, said to each listener by somebody who has not logged in.
using System.Text;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Protocol.Smtp;

public sealed class RelayAttempts
{
    // The last one is a sender that does not even begin a transaction.
    private static readonly string[] Senders = ["<>", "<x@evil.test>", "<x@us.test>", "<x@[192.0.2.1]>", "<x@localhost>", "<x>"];

    // us.test is ours, evil.test is not; what RCPT says behind "TO:", and the reply where strangers may write to us at all.
    public static TheoryData<string, string, string> Rows => new()
    {
        { "RLY-01", "<V@evil.test>", "550 5.7.1" },
        { "RLY-02", "<V%evil.test@us.test>", "550 5.1.1" },
        { "RLY-03", "<V%evil.test@[192.0.2.1]>", "550 5.7.1" },
        { "RLY-04", "<V%evil.test>", "501 5.1.3" },
        { "RLY-05", "<\"V@evil.test\">", "501 5.1.3" },
        { "RLY-06", "<\"V%evil.test\">", "501 5.1.3" },
        { "RLY-07", "<\"V@evil.test\"@us.test>", "550 5.1.1" },
        { "RLY-08", "<\"V@evil.test\"@[192.0.2.1]>", "550 5.7.1" },
        { "RLY-09", "<V@evil.test@us.test>", "501 5.1.3" },
        { "RLY-10", "<V@evil.test@[192.0.2.1]>", "501 5.1.3" },
        { "RLY-11", "<@us.test:V@evil.test>", "550 5.7.1" },
        { "RLY-12", "<@[192.0.2.1]:V@evil.test>", "550 5.7.1" },
        { "RLY-13", "<@us.test,@o.test:V@evil.test>", "550 5.7.1" },
        { "RLY-14", "<evil.test!V>", "501 5.1.3" },
        { "RLY-15", "<evil.test!V@us.test>", "550 5.1.1" },
        { "RLY-16", "<evil.test!V@[192.0.2.1]>", "550 5.7.1" },
        { "RLY-17", "<us.test!evil.test!V>", "501 5.1.3" },
        { "RLY-18", "V@evil.test", "501 5.1.3" },
        { "RLY-19", "<V@evil.test (us.test)>", "501 5.1.3" },
        { "RLY-20 IPv4", "<V@[203.0.113.9]>", "550 5.7.1" },
        { "RLY-20 IPv6", "<V@[IPv6:::1]>", "550 5.7.1" },
        { "RLY-21 ours in front", "<V@us.test.evil.test>", "550 5.7.1" },
        { "RLY-21 ours at the end", "<V@evilus.test>", "550 5.7.1" },
        { "RLY-21 below ours", "<V@evil.us.test>", "550 5.7.1" },
        { "RLY-22", "<V@evil.test.>", "550 5.7.1" },
        { "RLY-23 percent", "<V%evil.test@localhost>", "550 5.7.1" },
        { "RLY-23 route", "<@localhost:V@evil.test>", "550 5.7.1" },
        { "RLY-24 hash", "<V#evil.test@us.test>", "550 5.1.1" },
        { "RLY-24 semicolon", "<V;evil.test@us.test>", "501 5.1.3" },
        { "RLY-25", "<=?utf-8?q?V=40evil.test=3e=00?=@us.test>", "550 5.1.1" },
        { "RLY-26 fullwidth at", "<V\uff20evil.test>", "501 5.1.3" },
        { "RLY-26 small at", "<V\ufe6bevil.test>", "501 5.1.3" },
        { "RLY-26 fullwidth at, at our domain", "<V\uff20evil.test@us.test>", "553 5.6.7" },
        { "RLY-26 fullwidth full stop", "<V@evil\uff0etest>", "501 5.1.3" },
        { "RLY-26 ideographic full stop", "<V@evil\u3002test>", "501 5.1.3" },
        { "RLY-26 a low octet of 40", "<V\u0140evil.test>", "501 5.1.3" },
        { "RLY-26 another", "<V\u1f40evil.test@us.test>", "553 5.6.7" },
        { "RLY-27 a label that decodes to an at", "<V@xn--evil@us-q3a.test>", "501 5.1.3" },
        { "RLY-27 one that decodes to a fullwidth at", "<V@xn--evilus-2j14c.test>", "550 5.7.1" },
        { "RLY-27 one that decodes to nothing", "<V@xn--.us.test>", "501 5.1.3" },
        { "RLY-28", "<V@evil.test> ORCPT=rfc822;alice@us.test", "550 5.7.1" },
        { "INJ-09 commands of a shell", "<;id;@us.test>", "501 5.1.3" },
        { "INJ-09 in quotes", "<\";id;\"@us.test>", "550 5.1.1" },
        { "INJ-09 an expansion", "<${run{/bin/id}}@us.test>", "550 5.1.1" },
        { "INJ-09 a pipe", "<|/bin/id@us.test>", "550 5.1.1" },
        { "INJ-09 a file", "</etc/passwd@us.test>", "550 5.1.1" },
        { "PA-01 a way up", "<\"../../accounts/alice\"@us.test>", "550 5.1.1" },
        { "PA-01 an escaped way up", "<..%2f..%2falice@us.test>", "501 5.1.3" },
        { "PA-01 an escaped slash", "<%2e%2e/alice@us.test>", "550 5.1.1" },
        { "PA-01 a backslash", "<\"alice\\\\x\"@us.test>", "550 5.1.1" },
        { "PA-01 a slash behind", "<alice/@us.test>", "550 5.1.1" },
        { "PA-01 a dot behind", "<alice.@us.test>", "501 5.1.3" },
        { "PA-01 a device", "<CON@us.test>", "550 5.1.1" },
        { "PA-01 2,000 characters", $"<{new string('a', 1_900)}@us.test>", "501 5.1.3" },
        { "UN-01 the Kelvin sign", "<\u212aate@us.test>", "553 5.6.7" },
        { "UN-03", "<\"\"@us.test>", "501 5.1.3" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_stranger_relays_nothing(string attack, string recipient, string reply)
    {
        Assert.NotEmpty(attack);
        await using var rig = new SmtpRig();
        rig.Directory.Account("kate@us.test");
        foreach (var sender in Senders)
        {
            await using var client = rig.Connect();
            await client.ReadReplyAsync();
            await client.AskAsync("EHLO c.test");
            await AttemptAsync(client, sender, recipient, sender == "<x>" ? "50" : reply);
        }
        Assert.Empty(rig.Stores.Spool.Ids);
        Assert.Empty(rig.Stores.Queue.Items(WorkQueue.Accepted));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_stranger_on_the_submission_listeners_relays_nothing(string attack, string recipient, string reply)
    {
        Assert.NotEmpty(attack + reply);
        await using var rig = new SmtpRig();
        foreach (var sender in Senders)
        {
            await using var clear = rig.Connect("Submission");
            await clear.ReadReplyAsync();
            await clear.AskAsync("EHLO c.test");
            await AttemptAsync(clear, sender, recipient, "50");
        }
        foreach (var listener in new[] { "Submission", "Submissions" })
        {
            await using var client = await ConnectTlsAsync(rig, listener);
            await AttemptAsync(client, "<x@us.test>", recipient, "50");
        }
        Assert.Empty(rig.Stores.Spool.Ids);
    }

    // With SMTPUTF8 these are addresses, and still nobody's.
    [Theory]
    [InlineData("RLY-26", "<V\uff20evil.test@us.test>", "550 5.1.1")]
    [InlineData("RLY-26", "<V\u0140evil.test@us.test>", "550 5.1.1")]
    [InlineData("RLY-26", "<V\u1f40evil.test@us.test>", "550 5.1.1")]
    [InlineData("RLY-26", "<V@evil\uff0etest>", "501 5.1.3")]
    [InlineData("RLY-26", "<V@evil\u3002test>", "501 5.1.3")]
    [InlineData("RLY-26", "<V@\u00fcvil.test>", "550 5.7.1")]
    [InlineData("UN-01", "<\u212aate@us.test>", "550 5.1.1")]
    [InlineData("UN-01", "<ali\u017fe@us.test>", "550 5.1.1")]
    [InlineData("UN-01", "<al\u0131ce@us.test>", "550 5.1.1")]
    [InlineData("UN-01", "<alice@u\u017f.test>", "550 5.7.1")] // another domain, and not ours
    [InlineData("UN-02", "<alice\u0085@us.test>", "501 5.1.3")]
    [InlineData("PA-01", "<alice\u202e@us.test>", "501 5.1.3")]
    public async Task A_stranger_relays_nothing_with_SMTPUTF8(string attack, string recipient, string reply)
    {
        Assert.NotEmpty(attack);
        await using var rig = new SmtpRig();
        rig.Directory.Account("kate@us.test").Account("alise@us.test");
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        await client.AskAsync("MAIL FROM:<x@evil.test> SMTPUTF8");
        Assert.StartsWith(reply, await AskAsync(client, $"RCPT TO:{recipient}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<alice@US.TEST.>")]
    [InlineData("<\"alice\"@us.test>")]
    [InlineData("<@evil.test:alice@us.test>")]
    [InlineData("<alice+V%evil.test@us.test>")]
    public async Task RLY_22_what_only_looks_strange_is_delivered_here(string recipient)
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        await client.AskAsync("MAIL FROM:<x@evil.test>");
        Assert.StartsWith("250", await client.AskAsync($"RCPT TO:{recipient}"), StringComparison.Ordinal);
        await client.AskAsync("DATA");
        await client.AskAsync("x\r\n.");
        var to = Assert.Single(Assert.Single(await rig.SpooledAsync()).Envelope.Recipients);
        Assert.Equal(("alice@us.test", true), (to.Target.ToString(), to.IsLocal));
    }

    [Theory]
    [InlineData("XCLIENT ADDR=127.0.0.1 LOGIN=alice@us.test")]
    [InlineData("XFORWARD ADDR=127.0.0.1")]
    [InlineData("PROXY TCP4 127.0.0.1 127.0.0.1 1 25")]
    [InlineData("ETRN us.test")]
    [InlineData("TURN")]
    [InlineData("SEND FROM:<x@us.test>")]
    [InlineData("SAML FROM:<x@us.test>")]
    [InlineData("SOML FROM:<x@us.test>")]
    public async Task RLY_30_nobody_makes_himself_somebody_else(string command)
    {
        await using var rig = new SmtpRig(options => options.RelayNetworks = "127.0.0.0/8");
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        Assert.StartsWith("5", await client.AskAsync(command), StringComparison.Ordinal);
        await client.AskAsync("EHLO c.test");
        await AttemptAsync(client, "<x@evil.test>", "<V@evil.test>", "550 5.7.1");
    }

    [Fact]
    public async Task RLY_29_neither_STARTTLS_nor_a_failed_login_nor_many_refusals_make_a_relay()
    {
        await using var rig = new SmtpRig();
        await using (var client = await ConnectTlsAsync(rig, "Smtp"))
        {
            for (var i = 0; i < 5; i++)
                await AttemptAsync(client, "<x@evil.test>", "<V@evil.test>", "550 5.7.1");
        }
        foreach (var listener in new[] { "Submission", "Submissions" })
        {
            await using var client = await ConnectTlsAsync(rig, listener);
            Assert.StartsWith("535", await client.AskAsync("AUTH PLAIN " + Login("alice@us.test", "wrong")), StringComparison.Ordinal);
            Assert.StartsWith("250", await client.AskAsync("RSET"), StringComparison.Ordinal);
            await AttemptAsync(client, "<alice@us.test>", "<V@evil.test>", "503");
        }
    }

    [Fact]
    public async Task RLY_31_an_alias_leads_elsewhere_only_where_the_operator_says_so()
    {
        await using var rig = new SmtpRig();
        rig.Directory.Alias("away@us.test", "someone@far.test");
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        await client.AskAsync("MAIL FROM:<x@evil.test>");
        Assert.StartsWith("550 5.7.1", await client.AskAsync("RCPT TO:<someone@far.test>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<away@us.test>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<away+V%evil.test@us.test>"), StringComparison.Ordinal);
        await client.AskAsync("DATA");
        await client.AskAsync("x\r\n.");
        Assert.Equal("someone@far.test", Assert.Single(Assert.Single(await rig.SpooledAsync()).Envelope.Recipients).Target.ToString());
    }

    [Theory]
    [InlineData(100, 1_000, "< 452")]
    public async Task Strangers_name_fewer_recipients_than_users(int strangers, int users, string refused)
    {
        await using var rig = new SmtpRig();
        for (var i = 0; i < strangers; i++)
            rig.Directory.Account($"u{i}@us.test");
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        Assert.Contains($"LIMITS RCPTMAX={strangers} ", await client.AskAsync("EHLO c.test"), StringComparison.Ordinal);
        await client.AskAsync("MAIL FROM:<a@far.test>");
        for (var i = 0; i < strangers; i++)
            Assert.StartsWith("250", await client.AskAsync($"RCPT TO:<u{i}@us.test>"), StringComparison.Ordinal);
        Assert.StartsWith(refused[2..] + " 4.5.3", await client.AskAsync("RCPT TO:<alice@us.test>"), StringComparison.Ordinal);

        await using var user = await rig.ConnectTlsAsync();
        await user.AskAsync("AUTH PLAIN " + Login("alice@us.test", SmtpRig.Password));
        Assert.Contains($"LIMITS RCPTMAX={users}", await user.AskAsync("EHLO c.test"), StringComparison.Ordinal);
        await user.AskAsync("MAIL FROM:<alice@us.test>");
        for (var i = 0; i < strangers + 1; i++)
            Assert.StartsWith("250", await user.AskAsync($"RCPT TO:<x{i}@far.test>"), StringComparison.Ordinal);
    }

    private static async Task AttemptAsync(MemoryClient client, string sender, string recipient, string reply)
    {
        await client.AskAsync($"MAIL FROM:{sender}");
        Assert.StartsWith(reply, await AskAsync(client, $"RCPT TO:{recipient}"), StringComparison.Ordinal);
        Assert.StartsWith("503", await client.AskAsync("DATA"), StringComparison.Ordinal);
        await client.AskAsync("RSET");
    }

    private static async Task<string?> AskAsync(MemoryClient client, string line)
    {
        await client.SendAsync(Encoding.UTF8.GetBytes(line + "\r\n"));
        return await client.ReadReplyAsync();
    }

    private static async Task<MemoryClient> ConnectTlsAsync(SmtpRig rig, string listener)
    {
        if (listener == "Submissions")
            return await rig.ConnectTlsAsync();
        var client = rig.Connect(listener);
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        await client.AskAsync("STARTTLS");
        await client.StartTlsAsync();
        await client.AskAsync("EHLO c.test");
        return client;
    }

    private static string Login(string name, string password) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{name}\0{password}"));
}
