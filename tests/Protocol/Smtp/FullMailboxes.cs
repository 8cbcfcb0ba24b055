// Mail for a mailbox that holds what it may is put off before it is sent, and never later.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig.Memory;

namespace MailFunctions.Protocol.Smtp;

public sealed class FullMailboxes
{
    private readonly ManualTime _time = new();

    // What alice's mailbox holds, her quota, what is configured for all, the size that the client declares, and the reply.
    [Theory]
    [InlineData(0, null, 0, 0, "250")]
    [InlineData(1_000, null, 0, 0, "250")]
    [InlineData(999, 1_000L, 0, 0, "250")]
    [InlineData(999, 1_000L, 0, 1, "250")]
    [InlineData(999, 1_000L, 0, 2, "452 4.2.2")]
    [InlineData(1_000, 1_000L, 0, 0, "452 4.2.2")]
    [InlineData(1_001, 1_000L, 0, 0, "452 4.2.2")]
    [InlineData(1_000, null, 1_000, 0, "452 4.2.2")]
    [InlineData(1_000, 0L, 1_000, 0, "250")]
    [InlineData(1_000, 2_000L, 1_000, 0, "250")]
    [InlineData(0, 1_000L, 0, 1_001, "452 4.2.2")]
    [InlineData(1, long.MaxValue, 0, 90_000, "250")]
    public async Task LP_02_whoever_is_over_his_quota_is_put_off_at_RCPT(int held, long? quota, long configured, int declared, string reply)
    {
        await using var rig = Rig(configured);
        rig.Directory.Account("alice@us.test", quota: quota);
        await FillAsync(rig, "alice@us.test", held);
        await using var client = await GreetAsync(rig);
        Assert.StartsWith("250", await client.AskAsync($"MAIL FROM:<a@far.test> SIZE={declared}"), StringComparison.Ordinal);
        Assert.StartsWith(reply, await client.AskAsync("RCPT TO:<Alice@us.test>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<bob@us.test>"), StringComparison.Ordinal); // the next one is none the worse
        Assert.Equal(reply == "250" ? 0 : 1, rig.Meters["limits MailboxBytes"]);
    }

    [Theory]
    [InlineData(true, false, "250")]
    [InlineData(false, true, "250")]
    [InlineData(true, true, "452 4.2.2")]
    public async Task One_full_mailbox_behind_an_alias_keeps_nothing_from_the_others(bool alice, bool bob, string reply)
    {
        await using var rig = Rig(0);
        rig.Directory.Account("alice@us.test", quota: 10).Account("bob@us.test", quota: 10);
        await FillAsync(rig, "alice@us.test", alice ? 10 : 9);
        await FillAsync(rig, "bob@us.test", bob ? 10 : 9);
        Assert.StartsWith(reply, await RcptAsync(rig, "both@us.test"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Room_that_was_made_is_seen_within_a_minute_and_the_mailbox_is_listed_no_more_often()
    {
        await using var rig = Rig(0);
        rig.Directory.Account("alice@us.test", quota: 10);
        var uid = await FillAsync(rig, "alice@us.test", 10);
        Assert.StartsWith("452", await RcptAsync(rig, "alice@us.test"), StringComparison.Ordinal);
        await rig.Stores.Mailboxes.BuryAsync(EmailAddress.Parse("alice@us.test"), uid, CancellationToken.None);
        Assert.StartsWith("452", await RcptAsync(rig, "alice@us.test"), StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(60));
        for (var i = 0; i < 3; i++)
            Assert.StartsWith("250", await RcptAsync(rig, "alice@us.test"), StringComparison.Ordinal);
        Assert.Equal(2, rig.Stores.Faults.Calls.Count(call => call == "Mailbox.List"));
    }

    [Fact]
    public async Task Without_a_quota_no_mailbox_is_listed()
    {
        await using var rig = Rig(0);
        Assert.StartsWith("250", await RcptAsync(rig, "alice@us.test"), StringComparison.Ordinal);
        Assert.DoesNotContain("Mailbox.List", rig.Stores.Faults.Calls);
    }

    private SmtpRig Rig(long configured) => new(options => options.Limits.MailboxBytes = configured, time: _time);

    private static async Task<MemoryClient> GreetAsync(SmtpRig rig)
    {
        var client = rig.Connect();
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        return client;
    }

    private static async Task<string?> RcptAsync(SmtpRig rig, string recipient)
    {
        await using var client = await GreetAsync(rig);
        await client.AskAsync("MAIL FROM:<a@far.test>");
        return await client.AskAsync($"RCPT TO:<{recipient}>");
    }

    private async Task<SpoolId> FillAsync(SmtpRig rig, string account, int octets)
    {
        var uid = SpoolId.New(_time);
        if (octets > 0)
            Assert.True(await rig.Stores.Mailboxes.DeliverAsync(EmailAddress.Parse(account), uid, default, new byte[octets], CancellationToken.None));
        return uid;
    }
}
