// Strangers whose address is on a blocklist are refused at RCPT, and nobody else is.
using MailFunctions.Gateway;
using MailFunctions.Gateway.Senders;
using MailFunctions.Dns;
using MailFunctions.Rig;

namespace MailFunctions.Protocol.Smtp;

public sealed class BlocklistedClients
{
    private const string Listed = "550 5.7.1 Mail from your address is not taken: it is on the blocklist bl.test";

    // The setting, the client, where a record stands, what it says, and whether the client is refused.
    [Theory]
    [InlineData("bl.test", "192.0.2.9", "9.2.0.192.bl.test", "127.0.0.2", true)]
    [InlineData("bl.test", "192.0.2.9", "9.2.0.192.bl.test", "127.255.254.255", true)]
    [InlineData("bl.test", "2001:db8::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bl.test", "127.0.0.2", true)]
    [InlineData("bl.test", "::ffff:192.0.2.9", "9.2.0.192.bl.test", "127.0.0.2", true)]
    [InlineData("other.test,bl.test", "192.0.2.9", "9.2.0.192.bl.test", "127.0.0.2", true)]
    [InlineData("bl.test=127.0.0.2-127.0.0.11", "192.0.2.9", "9.2.0.192.bl.test", "127.0.0.11", true)]
    [InlineData("bl.test=127.0.0.2-127.0.0.11", "192.0.2.9", "9.2.0.192.bl.test", "127.0.0.12", false)]
    [InlineData("bl.test=127.0.0.4", "192.0.2.9", "9.2.0.192.bl.test", "127.0.0.3", false)]
    [InlineData("bl.test=127.0.0.4", "192.0.2.9", "9.2.0.192.bl.test", "127.0.0.4", true)]
    [InlineData("bl.test", "192.0.2.9", "8.2.0.192.bl.test", "127.0.0.2", false)]
    [InlineData("bl.test", "192.0.2.9", "9.2.0.192.bl.test", "127.0.0.1", false)]
    [InlineData("bl.test", "192.0.2.9", "9.2.0.192.bl.test", "198.51.100.1", false)]
    [InlineData("bl.test", "192.0.2.9", "9.2.0.192.bl.test", "127.255.255.254", false)]
    [InlineData("bl.test", "127.0.0.1", "1.0.0.127.bl.test", "127.0.0.2", false)]
    [InlineData("bl.test", "10.0.0.1", "1.0.0.10.bl.test", "127.0.0.2", false)]
    [InlineData("bl.test", "fd00::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.bl.test", "127.0.0.2", false)]
    [InlineData("", "192.0.2.9", "9.2.0.192.bl.test", "127.0.0.2", false)]
    public async Task A_client_is_refused_if_an_answer_counts(string lists, string client, string name, string answer, bool isRefused)
    {
        await using var rig = new SmtpRig(options => options.Blocklists = lists);
        rig.Zones.AddHost(name, answer);
        await using var stranger = await InTransactionAsync(rig, client);
        Assert.Equal(isRefused ? Listed : "250", Start(await stranger.AskAsync("RCPT TO:<alice@us.test>"), isRefused));
        Assert.Equal(isRefused ? 1 : 0, rig.Meters["blocklisted bl.test"]);
        Assert.StartsWith("250", await stranger.AskAsync("RCPT TO:<Postmaster>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lists_are_asked_once_for_a_connection()
    {
        await using var rig = new SmtpRig(options => options.Blocklists = "bl.test, other.test");
        rig.Zones.AddHost("9.2.0.192.bl.test", "127.0.0.2");
        await using var stranger = await InTransactionAsync(rig, "192.0.2.9");
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(Listed, await stranger.AskAsync("RCPT TO:<alice@us.test>"));
            Assert.Equal(Listed, await stranger.AskAsync("RCPT TO:<nobody@us.test>"));
            Assert.StartsWith("250", await stranger.AskAsync("RSET"), StringComparison.Ordinal);
            Assert.StartsWith("250", await stranger.AskAsync("MAIL FROM:<b@far.test>"), StringComparison.Ordinal);
        }
        Assert.Equal(2, rig.Zones.Asked.Count);
        Assert.Equal(1, rig.Meters["blocklisted bl.test"]);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Nobody_is_asked_about_who_is_trusted_or_hidden(bool isTrusted, bool isHidden)
    {
        await using var rig = new SmtpRig(options =>
        {
            options.Blocklists = "bl.test";
            options.RelayNetworks = isTrusted ? "192.0.2.0/24" : "";
            options.ClientAddressHidden = isHidden;
        });
        await using var client = await InTransactionAsync(rig, "192.0.2.9");
        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<alice@us.test>"), StringComparison.Ordinal);
        Assert.Empty(rig.Zones.Asked);
    }

    [Fact]
    public async Task A_list_that_fails_or_is_silent_lists_nobody()
    {
        var time = new FakeTime(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await using var rig = new SmtpRig(options => options.Blocklists = "bl.test,silent.test", time);
        var asked = new TaskCompletionSource();
        rig.Zones.Fail("9.2.0.192.bl.test");
        rig.Zones.BeforeAnswer = (name, _, cancellationToken) =>
        {
            if (!name.IsAtOrBelow(DnsName.Parse("silent.test")))
                return Task.CompletedTask;
            asked.TrySetResult();
            return Task.Delay(Timeout.Infinite, cancellationToken);
        };
        await using var stranger = await InTransactionAsync(rig, "192.0.2.9");
        var reply = stranger.AskAsync("RCPT TO:<alice@us.test>");
        await asked.Task;
        time.Advance(Blocklists.Limit);
        Assert.StartsWith("250", await reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_in_the_name_of_a_list_is_told_to_nobody()
    {
        await using var rig = new SmtpRig(options => options.Blocklists = "abcdefghijklmnopqrstuvwx2y.zen.bl.test");
        rig.Zones.AddHost("9.2.0.192.abcdefghijklmnopqrstuvwx2y.zen.bl.test", "127.0.0.2");
        await using var stranger = await InTransactionAsync(rig, "192.0.2.9");
        Assert.EndsWith("it is on the blocklist zen.bl.test", await stranger.AskAsync("RCPT TO:<alice@us.test>"), StringComparison.Ordinal);
        Assert.DoesNotContain(rig.Log.Lines, line => line.Text.Contains("abcdefghij", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_list_that_refuses_our_name_server_is_told_of_once()
    {
        await using var rig = new SmtpRig(options => options.Blocklists = "bl.test");
        rig.Zones.AddHost("9.2.0.192.bl.test", "127.255.255.254").AddHost("8.2.0.192.bl.test", "127.255.255.254");
        foreach (var address in new[] { "192.0.2.9", "192.0.2.8" })
        {
            await using var stranger = await InTransactionAsync(rig, address);
            Assert.StartsWith("250", await stranger.AskAsync("RCPT TO:<alice@us.test>"), StringComparison.Ordinal);
        }
        Assert.Single(rig.Log.Lines, line => line.Text.StartsWith("The blocklist bl.test does not answer", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x y=")]
    [InlineData("bl..test")]
    [InlineData("192.0.2.1")]
    [InlineData("[192.0.2.1]")]
    [InlineData("bl.test=")]
    [InlineData("bl.test=2")]
    [InlineData("bl.test=127.0.0.2-")]
    [InlineData("bl.test=127.0.0.11-127.0.0.2")]
    [InlineData("bl.test=10.0.0.1")]
    [InlineData("bl.test=127.0.0.2-127.255.255.255")]
    [InlineData("bl.test=::1")]
    public void A_wrong_setting_names_the_key_and_what_is_right(string value)
    {
        var options = new GatewayOptions { Hostname = "mx.us.test", Blocklists = value };
        (options.Listeners.Submissions, options.Listeners.Pop3s) = ("", "");
        var result = new GatewayOptionsValidation().Validate(null, options);
        Assert.Contains("bl.example.org=127.0.0.2-127.0.0.11", Assert.Single(result.Failures!), StringComparison.Ordinal);
        Assert.StartsWith("Mail:Blocklists has '", Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    private static string? Start(string? reply, bool isWhole) => isWhole ? reply : reply?[..3];

    private static async Task<MemoryClient> InTransactionAsync(SmtpRig rig, string address)
    {
        var client = rig.Connect(address: address);
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        Assert.StartsWith("250", await client.AskAsync("MAIL FROM:<a@far.test>"), StringComparison.Ordinal);
        return client;
    }
}
