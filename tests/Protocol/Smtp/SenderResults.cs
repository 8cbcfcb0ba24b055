// What is found out of whoever sent a message is told on top of it, in our name and by nobody else.
using System.Text;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Gateway;
using MailFunctions.Gateway.Senders;
using MailFunctions.Mail;

namespace MailFunctions.Protocol.Smtp;

public sealed class SenderResults
{
    private const string Text = "From: a@far.test\r\nTo: alice@us.test\r\nSubject: x\r\nDate: Wed, 04 Mar 2026 10:00:00 +0000\r\nMessage-ID: <1@far.test>\r\n\r\nbody\r\n";

    private static readonly DkimKey Key = new(DomainName.Parse("far.test"), "s", SigningKey.NewEd25519());

    [Theory]
    [InlineData("DATA")]
    [InlineData("BDAT")]
    [InlineData("BDAT octet by octet")]
    public async Task A_good_signature_and_a_good_client_are_told(string way)
    {
        await using var rig = Rig();
        rig.Zones.AddTxt("far.test", "v=spf1 ip4:192.0.2.0/24 -all");
        var (results, rest) = await SendAsync(rig, Signed(Text), way);
        Assert.StartsWith(
            "Authentication-Results: mx.us.test;\r\n\tspf=pass\r\n\t smtp.mailfrom=far.test;\r\n\tdkim=pass\r\n\t header.d=far.test\r\n\t header.s=s\r\n"
                + "\t header.a=ed25519-sha256\r\n\t header.b=",
            results, StringComparison.Ordinal);
        Assert.Contains(";\r\n\tdmarc=none ", results, StringComparison.Ordinal);
        Assert.StartsWith("Received: from c.test", rest, StringComparison.Ordinal);
        Assert.EndsWith(Signed(Text)[..20], rest[rest.IndexOf("DKIM-Signature", StringComparison.Ordinal)..][..20], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("body", "Body", "dkim=fail reason=\"the body is another\"")]
    [InlineData("Subject: x", "Subject: y", "dkim=fail reason=")]
    [InlineData("DKIM-Signature:", "X-Signature:", "spf=fail")]
    public async Task A_changed_message_is_told_and_taken(string from, string to, string told)
    {
        await using var rig = Rig();
        rig.Zones.AddTxt("far.test", "v=spf1 -all");
        var (results, _) = await SendAsync(rig, Signed(Text).Replace(from, to, StringComparison.Ordinal), "DATA");
        Assert.Contains(told, results, StringComparison.Ordinal);
        Assert.DoesNotContain("=pass", results, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_own_word_a_domain_is_told_to_have_none()
    {
        await using var rig = Rig();
        var (results, _) = await SendAsync(rig, Text, "DATA");
        Assert.StartsWith("Authentication-Results: mx.us.test;\r\n\tspf=none\r\n\t smtp.mailfrom=far.test;\r\n\tdmarc=none ", results, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hidden_client_is_not_judged_by_a_proxys_address()
    {
        await using var rig = Rig(options => options.ClientAddressHidden = true);
        rig.Zones.AddTxt("far.test", "v=spf1 -all");
        var (results, _) = await SendAsync(rig, Text, "DATA");
        Assert.Contains("spf=none reason=\"the client's address is not known\"", results, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_that_do_not_come_keep_no_message_waiting()
    {
        await using var rig = Rig(options => options.Authentication.Timeout = TimeSpan.FromMilliseconds(50));
        rig.Zones.BeforeAnswer = (_, _, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
        var (results, _) = await SendAsync(rig, Signed(Text), "DATA");
        Assert.Contains("spf=temperror", results, StringComparison.Ordinal);
        Assert.Contains("dkim=temperror", results, StringComparison.Ordinal);
    }

    // Whoever comes, and whether or not anything is asked.
    [Theory]
    [InlineData("Authentication-Results: mx.us.test; dkim=pass\r\n", true)]
    [InlineData("authentication-results: MX.US.TEST.; dkim=pass\r\n", true)]
    [InlineData("Authentication-Results : mx.us.test 1; dkim=pass\r\n", true)]
    [InlineData("Authentication-Results:\r\n (c) mx.us.test;\r\n dkim=pass\r\n", true)]
    [InlineData("Authentication-Results: \"mx.us.test\"; dkim=pass\r\n", true)]
    [InlineData("Authentication-Results: mx.far.test; dkim=pass\r\n", false)]
    [InlineData("ARC-Authentication-Results: i=1; mx.us.test; dkim=pass\r\n", false)]
    public async Task AR_01_results_in_our_name_are_taken_out(string field, bool isTaken)
    {
        foreach (var mode in Enum.GetValues<AuthenticationMode>())
        {
            foreach (var way in new[] { "DATA", "BDAT", "BDAT octet by octet" })
            {
                await using var rig = Rig(options => options.Authentication.Mode = mode);
                var (_, rest) = await SendAsync(rig, $"Subject: before\r\n{field}{Text}", way);
                Assert.Equal(isTaken ? $"Subject: before\r\n{Text}" : $"Subject: before\r\n{field}{Text}", rest[rest.IndexOf("Subject: before", StringComparison.Ordinal)..]);
            }
        }
    }

    [Theory]
    [InlineData("Authentication-Results: mx.us.test; dkim=pass\r\n", "")]
    [InlineData("Authentication-Results: mx.us.test; dkim=pass", "")]
    [InlineData("Authentication-Resul", "Authentication-Resul\r\n")]
    public async Task AR_01_also_where_the_header_never_ends(string content, string stored)
    {
        await using var rig = Rig();
        var (_, rest) = await SendAsync(rig, content.EndsWith('\n') ? content : content + "\r\n", "DATA");
        Assert.EndsWith($"+0000\r\n{stored}", rest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nobody_who_may_relay_is_asked_who_he_is(bool isTrusted)
    {
        await using var rig = Rig(options => options.RelayNetworks = isTrusted ? "192.0.2.0/24" : "");
        await SendAsync(rig, Signed(Text), "DATA");
        Assert.Equal(isTrusted, rig.Zones.Asked.Count == 0);
    }

    // The domain's policy, whether its signature is good, whether the client is known, what is done, and the reply to the message.
    [Theory]
    [InlineData("reject", false, true, AuthenticationMode.Enforce, "550 5.7.1")]
    [InlineData("reject", false, true, AuthenticationMode.Mark, "250")]
    [InlineData("reject", false, true, AuthenticationMode.Off, "250")]
    [InlineData("reject", true, true, AuthenticationMode.Enforce, "250")]
    [InlineData("reject", false, false, AuthenticationMode.Enforce, "250")]
    [InlineData("quarantine", false, true, AuthenticationMode.Enforce, "250")]
    [InlineData("none", false, true, AuthenticationMode.Enforce, "250")]
    public async Task What_an_authors_domain_wants_rejected_is_refused(string policy, bool isSigned, bool isKnown, object mode, string reply)
    {
        await using var rig = Rig(options => (options.Authentication.Mode, options.ClientAddressHidden) = ((AuthenticationMode)mode, !isKnown));
        rig.Zones.AddTxt("far.test", "v=spf1 -all").AddTxt("_dmarc.far.test", $"v=DMARC1; p={policy}");
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        foreach (var command in new[] { "EHLO c.test", "MAIL FROM:<x@elsewhere.test>", "RCPT TO:<alice@us.test>", "DATA" })
            await client.AskAsync(command);
        await client.SendAsync((isSigned ? Signed(Text) : Text) + ".\r\n");
        Assert.StartsWith(reply, await client.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Equal(reply == "250" ? 1 : 0, rig.Stores.Spool.Ids.Count);
        Assert.StartsWith("250", await client.AskAsync("NOOP"), StringComparison.Ordinal);
    }

    // Where the names of the reverse-path fail, or never answer: the author's own domain's, or another that a forger has chosen.
    [Theory]
    [InlineData("far.test", false, "250")]
    [InlineData("far.test", true, "250")]
    [InlineData("forger.test", false, "550 5.7.1")]
    [InlineData("forger.test", true, "550 5.7.1")]
    public async Task Trouble_spares_only_whom_it_may_have_kept_from_speaking_for_the_author(string domain, bool isSilent, string reply)
    {
        await using var rig = Rig(options => options.Authentication.Timeout = TimeSpan.FromMilliseconds(200));
        rig.Zones.AddTxt("_dmarc.far.test", "v=DMARC1; p=reject");
        if (isSilent)
            rig.Zones.BeforeAnswer = (name, _, token) => name.Text.TrimEnd('.') == domain ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask;
        else
            rig.Zones.Fail(domain);
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        foreach (var command in new[] { "EHLO c.test", $"MAIL FROM:<x@{domain}>", "RCPT TO:<alice@us.test>", "DATA" })
            await client.AskAsync(command);
        await client.SendAsync(Text + ".\r\n");
        Assert.StartsWith(reply, await client.ReadReplyAsync(), StringComparison.Ordinal);
    }

    private static SmtpRig Rig(Action<GatewayOptions>? configure = null)
    {
        var rig = new SmtpRig(options =>
        {
            options.Authentication.Mode = AuthenticationMode.Enforce;
            configure?.Invoke(options);
        });
        rig.Zones.AddTxt("s._domainkey.far.test", Key.Key.DnsRecord);
        return rig;
    }

    private static string Signed(string text)
    {
        using var digest = new MessageDigest(DigestPurpose.Sign);
        digest.Pass(Encoding.Latin1.GetBytes(text));
        digest.Complete();
        return Encoding.Latin1.GetString(new DkimSigner(TimeProvider.System).Sign(digest, [Key])) + text;
    }

    // Our field of results, and what follows it.
    private static async Task<(string Results, string Behind)> SendAsync(SmtpRig rig, string message, string way)
    {
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        await client.AskAsync("MAIL FROM:<a@far.test>");
        await client.AskAsync("RCPT TO:<alice@us.test>");
        if (way == "DATA")
        {
            await client.AskAsync("DATA");
            await client.SendAsync(message + ".\r\n");
        }
        else
        {
            var size = way == "BDAT" ? message.Length : 1;
            for (var at = 0; at < message.Length; at += size)
            {
                var isLast = at + size >= message.Length;
                await client.SendAsync($"BDAT {size}{(isLast ? " LAST" : "")}\r\n{message.Substring(at, size)}");
                if (!isLast)
                    Assert.StartsWith("250", await client.ReadReplyAsync(), StringComparison.Ordinal);
            }
        }
        Assert.StartsWith("250 2.0.0", await client.ReadReplyAsync(), StringComparison.Ordinal);
        var content = Encoding.Latin1.GetString(Assert.Single(await rig.SpooledAsync()).Content);
        var received = content.IndexOf("Received:", StringComparison.Ordinal);
        return (content[..received], content[received..]);
    }
}
