// Rows of what users submit: under which names, with which header, and what is added to it.
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Rig.Memory;

namespace MailFunctions.Protocol.Smtp;

public sealed class SubmissionRules
{
    private const string Dated = "Date: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-ID: <x@us.test>\r\n";

    // Whom alice may be: herself, her subaddresses, and whatever alias leads to her.
    public static TheoryData<string, string> Names => new()
    {
        { "alice@us.test", "250" },
        { "ALICE@US.TEST", "250" },
        { "alice+list@us.test", "250" },
        { "info@us.test", "250" },
        { "Info+x@us.test", "250" },
        { "nested@us.test", "250" },
        { "both@us.test", "250" },
        { "postmaster@us.test", "250" },
        { "anybody@cat.test", "250" },
        { "\"alice\"@us.test", "250" },
        { "bob@us.test", "553 5.7.1" },
        { "others@us.test", "553 5.7.1" },
        { "away@us.test", "553 5.7.1" },
        { "nobody@us.test", "553 5.7.1" },
        { "circle@us.test", "553 5.7.1" },
        { "bob+alice@us.test", "553 5.7.1" },
        { "alice@far.test", "553 5.7.1" },
        { "alice@[192.0.2.1]", "553 5.7.1" },
        { "alice@backup.test", "553 5.7.1" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task RLY_32_the_sender_of_the_envelope_belongs_to_the_login(string sender, string reply)
    {
        await using var rig = NewRig();
        await using var client = await LogInAsync(rig);
        Assert.StartsWith(reply, await client.AskAsync($"MAIL FROM:<{sender}>"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task RLY_32_the_author_of_the_message_belongs_to_the_login(string author, string reply)
    {
        await using var rig = NewRig();
        await using var client = await LogInAsync(rig);
        Assert.StartsWith(reply, await SubmitAsync(client, $"From: Somebody <{author}>\r\n{Dated}\r\nx\r\n"), StringComparison.Ordinal);
        Assert.Equal(reply == "250" ? 1 : 0, rig.Stores.Spool.Ids.Count);
    }

    public static TheoryData<string, string, string> Headers => new()
    {
        { "no header", "x\r\n", "550 5.6.0 Message has no From" },
        { "an empty message", "", "550 5.6.0 Message has no From" },
        { "no From", "Subject: x\r\n\r\nFrom: alice@us.test\r\n", "550 5.6.0 Message has no From" },
        { "an empty From", "From: \r\n\r\nx\r\n", "550 5.6.0 From or Sender field is not" },
        { "espoofer a1: two From fields", "From: alice@us.test\r\nFrom: bob@us.test\r\n\r\nx\r\n", "550 5.6.0 Message has more than one" },
        { "espoofer a1: the other way round", "From: bob@us.test\r\nFrom: alice@us.test\r\n\r\nx\r\n", "550 5.6.0 Message has more than one" },
        { "espoofer a1: twice the same", "From: alice@us.test\r\nFrom: alice@us.test\r\n\r\nx\r\n", "550 5.6.0 Message has more than one" },
        { "espoofer a1: in other letters", "From: alice@us.test\r\nfROM : bob@us.test\r\n\r\nx\r\n", "550 5.6.0 Message has more than one" },
        { "espoofer a2: two authors", "From: alice@us.test, bob@us.test\r\n\r\nx\r\n", "553 5.7.1 From or Sender" },
        { "espoofer a2: without a comma", "From: <bob@us.test> <alice@us.test>\r\n\r\nx\r\n", "550 5.6.0 From or Sender field is not" },
        { "espoofer a2: a name that is an address", "From: bob@us.test <alice@us.test>\r\n\r\nx\r\n", "550 5.6.0 From or Sender field is not" },
        { "espoofer a3: another author than sender", "From: bob@us.test\r\n\r\nx\r\n", "553 5.7.1 From or Sender" },
        { "a group", "From: us: alice@us.test;\r\n\r\nx\r\n", "550 5.6.0 From or Sender field is not" },
        { "a folded From", "From:\r\n Alice\r\n\t<alice@us.test>\r\n\r\nx\r\n", "250" },
        { "a folded From of somebody else", "From: alice\r\n @us.test,\r\n bob@us.test\r\n\r\nx\r\n", "553 5.7.1" },
        { "several names of the same", "From: alice@us.test, Info <info@us.test>\r\n\r\nx\r\n", "250" },
        { "a Sender of somebody else", "From: alice@us.test\r\nSender: bob@us.test\r\n\r\nx\r\n", "553 5.7.1 From or Sender" },
        { "his own Sender", "From: info@us.test\r\nSender: alice@us.test\r\n\r\nx\r\n", "250" },
        { "two Senders", "From: alice@us.test\r\nSender: alice@us.test\r\nSender: bob@us.test\r\n\r\nx\r\n", "550 5.6.0 Message has more than one" },
        { "a Sender that is none", "From: alice@us.test\r\nSender: alice\r\n\r\nx\r\n", "550 5.6.0 From or Sender field is not" },
        { "too many authors", $"From: {string.Join(", ", Enumerable.Repeat("alice@us.test", 21))}\r\n\r\nx\r\n", "550 5.6.0 From or Sender field is not" },
        { "too long a From", $"From: {new string(' ', 20_000)}alice@us.test\r\n\r\nx\r\n", "550 5.6.0 From or Sender field is not" },
        { "a name in other letters", "From: \u00c1lice <alice@us.test>\r\n\r\nx\r\n", "250" },
        { "Resent-From is not asked for", "From: alice@us.test\r\nResent-From: bob@us.test\r\nReply-To: x@far.test\r\n\r\nx\r\n", "250" },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task RLY_32_a_message_says_who_wrote_it_and_that_is_its_sender(string name, string message, string reply)
    {
        Assert.NotEmpty(name);
        foreach (var asChunk in new[] { false, true })
        {
            await using var rig = NewRig();
            await using var client = await LogInAsync(rig);
            Assert.StartsWith(reply, await SubmitAsync(client, message, asChunk: asChunk), StringComparison.Ordinal);
            Assert.Equal(reply == "250" ? 1 : 0, rig.Stores.Spool.Ids.Count);
            Assert.StartsWith("503", await client.AskAsync("DATA"), StringComparison.Ordinal); // accepted or not, the transaction is over
        }
    }

    [Theory]
    [InlineData("From: alice@us.test\r\n", "Date: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-ID: <ID@mx.us.test>\r\n")]
    [InlineData("From: alice@us.test\r\nDate: yesterday\r\n", "Message-ID: <ID@mx.us.test>\r\n")]
    [InlineData("From: alice@us.test\r\nmessage-id : <x@y>\r\n", "Date: Thu, 1 Jan 2026 00:00:00 +0000\r\n")]
    [InlineData("From: alice@us.test\r\n" + Dated, "")]
    public async Task What_a_message_must_have_is_added_on_top_and_nothing_is_changed(string header, string added)
    {
        var time = new ManualTime();
        time.Advance(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) - time.GetUtcNow());
        await using var rig = NewRig(time: time);
        await using var client = await LogInAsync(rig);
        var message = header + "To:  x@far.test (\t)\r\nBcc: y@far.test\r\n\r\nbody \r\n";
        Assert.StartsWith("250", await SubmitAsync(client, message), StringComparison.Ordinal);
        var (envelope, content) = Assert.Single(await rig.SpooledAsync());
        var stored = Encoding.ASCII.GetString(content);
        var below = stored[(stored.IndexOf("+0000\r\n", StringComparison.Ordinal) + 7)..];
        Assert.StartsWith("Received: from c.test", stored, StringComparison.Ordinal);
        Assert.Equal(added.Replace("ID@", $"{envelope.Id}@", StringComparison.Ordinal) + message, below);
    }

    [Theory]
    [InlineData("x\r\n")]
    [InlineData("From: anybody@elsewhere.test\r\nFrom: x\r\n\r\nx\r\n")]
    public async Task Mail_from_other_servers_and_from_trusted_networks_is_taken_as_it_is(string message)
    {
        await using var rig = new SmtpRig(options => options.RelayNetworks = "192.0.2.9/32");
        foreach (var address in new[] { "192.0.2.9", "192.0.2.10" })
        {
            await using var client = rig.Connect(address: address);
            await client.ReadReplyAsync();
            await client.AskAsync("EHLO c.test");
            Assert.StartsWith("250", await SubmitAsync(client, message, "anybody@far.test"), StringComparison.Ordinal);
        }
        foreach (var (_, content) in await rig.SpooledAsync())
            Assert.DoesNotContain("Message-ID", Encoding.ASCII.GetString(content), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_directory_is_down_nobody_is_called_a_forger()
    {
        await using var rig = NewRig();
        await using var client = await LogInAsync(rig);
        rig.Directory.IsDown = true;
        Assert.StartsWith("451 4.3.0", await client.AskAsync("MAIL FROM:<info@us.test>"), StringComparison.Ordinal);
        rig.Directory.IsDown = false;
        await client.AskAsync("MAIL FROM:<alice@us.test>");
        await client.AskAsync("RCPT TO:<bob@us.test>");
        await client.AskAsync("DATA");
        rig.Directory.IsDown = true;
        Assert.StartsWith("451 4.3.0", await client.AskAsync("From: info@us.test\r\n\r\nx\r\n."), StringComparison.Ordinal);
        Assert.Empty(rig.Stores.Spool.Ids);
    }

    [Fact]
    public async Task An_account_sends_so_many_messages_a_day_and_no_more()
    {
        var time = new ManualTime();
        await using var rig = NewRig(options => options.Limits.MessagesPerDay = 2, time);
        for (var connection = 0; connection < 2; connection++)
        {
            await using var client = await LogInAsync(rig);
            Assert.StartsWith("553", await client.AskAsync("MAIL FROM:<bob@us.test>"), StringComparison.Ordinal); // costs nothing
            Assert.StartsWith("250", await SubmitAsync(client, $"From: alice@us.test\r\n{Dated}\r\n"), StringComparison.Ordinal);
        }
        await using var third = await LogInAsync(rig);
        Assert.StartsWith("450 4.7.1", await third.AskAsync("MAIL FROM:<alice@us.test>"), StringComparison.Ordinal);
        await using (var bob = await LogInAsync(rig, "bob@us.test"))
            Assert.StartsWith("250", await bob.AskAsync("MAIL FROM:<bob@us.test>"), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromDays(1));
        await using var tomorrow = await LogInAsync(rig);
        Assert.StartsWith("250", await tomorrow.AskAsync("MAIL FROM:<alice@us.test>"), StringComparison.Ordinal);
    }

    private static SmtpRig NewRig(Action<MailFunctions.Gateway.GatewayOptions>? configure = null, TimeProvider? time = null)
    {
        var rig = new SmtpRig(configure, time);
        rig.Directory.Alias("info@us.test", "alice@us.test").Alias("nested@us.test", "info@us.test").Alias("others@us.test", "bob@us.test")
            .Alias("away@us.test", "x@far.test").Domain("cat.test", "bob@us.test").Alias("@cat.test", "alice@us.test")
            .Domain("backup.test", "alice@us.test", DomainKind.RelayFor);
        return rig;
    }

    private static async Task<MemoryClient> LogInAsync(SmtpRig rig, string login = "alice@us.test")
    {
        var client = await rig.ConnectTlsAsync();
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{login}\0{SmtpRig.Password}"));
        Assert.StartsWith("235", await client.AskAsync($"AUTH PLAIN {credentials}"), StringComparison.Ordinal);
        return client;
    }

    private static async Task<string?> SubmitAsync(MemoryClient client, string message, string sender = "alice@us.test", bool asChunk = false)
    {
        Assert.StartsWith("250", await client.AskAsync($"MAIL FROM:<{sender}>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<bob@us.test>"), StringComparison.Ordinal);
        var content = Encoding.UTF8.GetBytes(message);
        if (asChunk)
        {
            await client.SendAsync($"BDAT {content.Length} LAST\r\n");
            await client.SendAsync(content);
            return await client.ReadReplyAsync();
        }
        Assert.StartsWith("354", await client.AskAsync("DATA"), StringComparison.Ordinal);
        await client.SendAsync((byte[])[.. content, .. ".\r\n"u8]);
        return await client.ReadReplyAsync();
    }
}
