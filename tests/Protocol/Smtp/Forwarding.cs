// Aliases that lead elsewhere: under which address the mail leaves, and where what comes back goes.
using MailFunctions.Mail;

namespace MailFunctions.Protocol.Smtp;

public sealed class Forwarding
{
    private const string Keys = "a key of sixteen octets or more";

    [Theory]
    [InlineData("away@us.test", "a@far.test", "SRS0=")]      // a stranger's mail, forwarded
    [InlineData("away@us.test", "bob@us.test", null)]        // our own domain may send from here
    [InlineData("away@us.test", "", null)]                   // the null reverse-path stays null
    [InlineData("alice@us.test", "a@far.test", null)]        // nothing is forwarded
    public async Task Forwarded_mail_leaves_under_an_address_of_ours(string recipient, string sender, string? rewritten)
    {
        await using var rig = Rig();
        var envelope = await SendAsync(rig, sender, recipient);
        if (rewritten is null)
            Assert.Null(envelope.ForwardSender);
        else
            Assert.Matches("^" + rewritten + @"[^=]{4,}=[A-Z2-7]{2}=far\.test=a@us\.test$", envelope.ForwardSender.ToString());
        Assert.Equal(sender, envelope.ReversePath?.ToString() ?? "");
    }

    [Fact]
    public async Task What_comes_back_to_that_address_goes_to_the_sender_and_a_forged_one_to_nobody()
    {
        await using var rig = Rig();
        var address = (await SendAsync(rig, "a@far.test", "away@us.test")).ForwardSender!.Value;
        var bounce = await SendAsync(rig, "", address.ToString());
        var recipient = Assert.Single(bounce.Recipients);
        Assert.Equal(("a@far.test", false), (recipient.Target.ToString(), recipient.IsLocal));

        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        await client.AskAsync("MAIL FROM:<>");
        var forged = address.ToString().Replace("=far.test=", "=victim.test=", StringComparison.Ordinal);
        Assert.StartsWith("550 5.1.1", await client.AskAsync($"RCPT TO:<{forged}>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_keys_the_sender_is_left_alone()
    {
        await using var rig = new SmtpRig();
        rig.Directory.Alias("away@us.test", "x@elsewhere.test");
        Assert.Null((await SendAsync(rig, "a@far.test", "away@us.test")).ForwardSender);
    }

    private static SmtpRig Rig()
    {
        var rig = new SmtpRig(options => options.Srs.Keys = Keys.Replace(' ', '-'));
        rig.Directory.Alias("away@us.test", "x@elsewhere.test");
        return rig;
    }

    private static async Task<Envelope> SendAsync(SmtpRig rig, string sender, string recipient)
    {
        var before = (await rig.SpooledAsync()).Select(message => message.Envelope.Id).ToHashSet();
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        Assert.StartsWith("250", await client.AskAsync($"MAIL FROM:<{sender}>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync($"RCPT TO:<{recipient}>"), StringComparison.Ordinal);
        await client.AskAsync("DATA");
        Assert.StartsWith("250", await client.AskAsync("x\r\n."), StringComparison.Ordinal);
        return Assert.Single(await rig.SpooledAsync(), message => !before.Contains(message.Envelope.Id)).Envelope;
    }
}
