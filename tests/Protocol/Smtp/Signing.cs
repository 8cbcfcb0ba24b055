// What our users send is signed, and what an alias sends on is sealed.
using System.Text;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Arc;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Gateway.Senders;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Protocol.Smtp;

public sealed class Signing
{
    private const string Bare = "From: Alice <alice@us.test>\r\nSubject: x\r\n\r\nbody\r\n..dots\r\n";
    private const string Foreign = "From: a@far.test\r\nTo: away@us.test\r\nSubject: x\r\nDate: Wed, 04 Mar 2026 10:00:00 +0000\r\nMessage-ID: <1@far.test>\r\n\r\nbody\r\n";

    private static readonly SigningKey Rsa = SigningKey.NewRsa();
    private static readonly SigningKey Ed25519 = SigningKey.NewEd25519();
    private static readonly DkimKey Theirs = new(DomainName.Parse("far.test"), "s", SigningKey.NewRsa());

    [Theory]
    [InlineData("DATA")]
    [InlineData("BDAT")]
    [InlineData("BDAT octet by octet")]
    public async Task A_submission_has_two_signatures_that_cover_what_we_add_to_it(string way)
    {
        await using var rig = Rig();
        var stored = await SubmitAsync(rig, Bare, way);

        Assert.EndsWith(Bare.Replace("\r\n..", "\r\n.", StringComparison.Ordinal), stored, StringComparison.Ordinal);
        foreach (var added in (string[])["\r\nDate: ", "\r\nMessage-ID: <"])
            Assert.Contains(added, stored, StringComparison.Ordinal);
        var results = await VerifyAsync(rig, stored);
        Assert.Equal([DkimVerdict.Pass, DkimVerdict.Pass], results.Select(result => result.Verdict));
        foreach (var (from, to) in new[] { ("\r\nDate: ", "\r\nDate: Mon, 2 Feb 2026 00:00:00 +0000\r\nX: "), ("\r\nMessage-ID: <", "\r\nMessage-ID: <x"), ("body", "Body"), ("Subject: x", "Subject: y") })
            Assert.All(await VerifyAsync(rig, stored.Replace(from, to, StringComparison.Ordinal)), result => Assert.Equal(DkimVerdict.Fail, result.Verdict));
    }

    [Fact]
    public async Task The_signatures_stand_below_our_trace_and_above_what_they_cover()
    {
        await using var rig = Rig();
        var stored = await SubmitAsync(rig, Bare, "DATA");
        var places = ((string[])["Received: from", "DKIM-Signature: v=1; a=rsa-sha256;", "DKIM-Signature: v=1; a=ed25519-sha256;", "Date: ", "From: Alice"])
            .Select(text => stored.IndexOf(text, StringComparison.Ordinal)).ToList();
        Assert.Equal(0, places[0]);
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public async Task A_subdomain_is_signed_for_by_the_domain_above_it()
    {
        await using var rig = Rig();
        rig.Directory.Domain("mail.us.test", "alice@us.test").Alias("al@mail.us.test", "alice@us.test");
        var stored = await SubmitAsync(rig, Bare.Replace("<alice@us.test>", "<al@mail.us.test>", StringComparison.Ordinal), "DATA");
        Assert.All(await VerifyAsync(rig, stored), result => Assert.Equal((DkimVerdict.Pass, "us.test"), (result.Verdict, result.Domain?.Text)));
    }

    [Theory]
    [InlineData(DkimKeyState.Waiting)]
    [InlineData(DkimKeyState.Retired)]
    public async Task A_key_that_is_not_to_sign_does_not(DkimKeyState state)
    {
        await using var rig = Rig(state: state);
        Assert.DoesNotContain("DKIM-Signature", await SubmitAsync(rig, Bare, "DATA"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_cannot_be_read_keeps_no_mail_back()
    {
        await using var rig = Rig();
        rig.Keys.Add(new DkimKeySet(DomainName.Parse("us.test"), [new DkimPrivateKey("x", "rubbish", DkimKeyState.Signing, default)]));
        Assert.DoesNotContain("DKIM-Signature", await SubmitAsync(rig, Bare, "DATA"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_keys_cannot_be_had_a_submission_is_put_off_and_a_strangers_message_is_not()
    {
        await using var rig = Rig();
        rig.Keys.Trouble = new StoreUnavailableException("no answer", null);
        await using var client = await rig.ConnectTlsAsync();
        await client.AskAsync($"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0alice@us.test\0{SmtpRig.Password}"))}");
        Assert.StartsWith("451", await DeliverAsync(client, "alice@us.test", "bob@us.test", Bare, "DATA"), StringComparison.Ordinal);
        Assert.Empty(rig.Stores.Spool.Ids);

        await using var stranger = rig.Connect();
        await stranger.ReadReplyAsync();
        await stranger.AskAsync("EHLO c.test");
        Assert.StartsWith("250", await DeliverAsync(stranger, "a@far.test", "alice@us.test", Foreign, "DATA"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hosts_mail_from_a_network_of_ours_is_signed_and_a_strangers_mail_is_not()
    {
        await using var trusted = Rig(relayNetworks: "192.0.2.0/24");
        Assert.Contains("DKIM-Signature: v=1; a=rsa-sha256", await BringAsync(trusted, Bare, "x@far.test", "DATA"), StringComparison.Ordinal);
        await using var strangers = Rig();
        Assert.DoesNotContain("DKIM-Signature", await BringAsync(strangers, Bare, "alice@us.test", "DATA"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DATA")]
    [InlineData("BDAT")]
    public async Task ARC_what_is_forwarded_is_sealed_with_what_was_found_and_its_own_signature_still_holds(string way)
    {
        await using var rig = Rig();
        var stored = await BringAsync(rig, Signed(Foreign), "away@us.test", way);

        Assert.StartsWith("Delivered-To: away@us.test\r\nARC-Seal: i=1; a=rsa-sha256; d=us.test;", stored, StringComparison.Ordinal);
        Assert.Contains("cv=none", stored, StringComparison.Ordinal);
        Assert.Matches("ARC-Authentication-Results: i=1; mx\\.us\\.test;[^:]*dkim=pass", stored);
        Assert.Equal((ArcVerdict.Pass, 1), await ChainAsync(rig, stored));
        Assert.Equal(DkimVerdict.Pass, Assert.Single(await VerifyAsync(rig, stored)).Verdict);
        Assert.Equal(ArcVerdict.Fail, (await ChainAsync(rig, stored.Replace("dkim=pass", "dkim=fail", StringComparison.Ordinal))).Verdict);
        Assert.Equal(ArcVerdict.Fail, (await ChainAsync(rig, stored.Replace("\r\nbody", "\r\nBody", StringComparison.Ordinal))).Verdict);
    }

    [Fact]
    public async Task ARC_a_good_chain_is_lengthened_and_a_broken_one_is_told_to_be_broken()
    {
        await using var rig = Rig();
        var once = await BringAsync(rig, Signed(Foreign), "away@us.test", "DATA");
        var twice = await BringAsync(rig, once.Replace("Delivered-To: away@us.test\r\n", "", StringComparison.Ordinal), "away@us.test", "DATA");
        Assert.Contains("ARC-Seal: i=2;", twice, StringComparison.Ordinal);
        Assert.Equal((ArcVerdict.Pass, 2), await ChainAsync(rig, twice));

        var broken = once.Replace("Delivered-To: away@us.test\r\n", "", StringComparison.Ordinal).Replace("\r\nbody", "\r\nBody", StringComparison.Ordinal);
        Assert.Matches("ARC-Seal: i=2;[^:]*cv=fail", await BringAsync(rig, broken, "away@us.test", "DATA"));
    }

    [Fact]
    public async Task ARC_a_chain_that_cannot_be_looked_at_now_is_left_as_it_is()
    {
        await using var rig = Rig();
        var once = (await BringAsync(rig, Signed(Foreign), "away@us.test", "DATA")).Replace("Delivered-To: away@us.test\r\n", "", StringComparison.Ordinal);
        rig.Zones.Fail("r._domainkey.us.test");
        Assert.DoesNotContain("ARC-Seal: i=2;", await BringAsync(rig, once, "away@us.test", "DATA"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alice@us.test", AuthenticationMode.Mark, false)]
    [InlineData("away@us.test", AuthenticationMode.Mark, true)]
    [InlineData("away@us.test", AuthenticationMode.Off, false)]
    public async Task ARC_only_what_leaves_and_was_looked_at_is_sealed(string recipient, object mode, bool isSealed)
    {
        await using var rig = Rig(mode: (AuthenticationMode)mode);
        Assert.Equal(isSealed, (await BringAsync(rig, Foreign, recipient, "DATA")).Contains("ARC-Seal", StringComparison.Ordinal));
    }

    private static SmtpRig Rig(DkimKeyState state = DkimKeyState.Signing, string relayNetworks = "", AuthenticationMode mode = AuthenticationMode.Mark)
    {
        var rig = new SmtpRig(options => (options.RelayNetworks, options.Authentication.Mode) = (relayNetworks, mode));
        rig.Directory.Alias("away@us.test", "x@elsewhere.test");
        rig.Keys.Add(new DkimKeySet(DomainName.Parse("us.test"), [new("r", Rsa.ExportPem(), state, default), new("e", Ed25519.ExportPem(), state, default)]));
        rig.Zones.AddTxt("r._domainkey.us.test", Rsa.DnsRecord).AddTxt("e._domainkey.us.test", Ed25519.DnsRecord).AddTxt("s._domainkey.far.test", Theirs.Key.DnsRecord);
        return rig;
    }

    private static async Task<string> SubmitAsync(SmtpRig rig, string text, string way)
    {
        await using var client = await rig.ConnectTlsAsync();
        await client.AskAsync($"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0alice@us.test\0{SmtpRig.Password}"))}");
        Assert.StartsWith("250 2.0.0 OK queued", await DeliverAsync(client, "alice@us.test", "bob@us.test", text, way), StringComparison.Ordinal);
        return await LastAsync(rig);
    }

    private static async Task<string> BringAsync(SmtpRig rig, string text, string recipient, string way)
    {
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        Assert.StartsWith("250 2.0.0 OK queued", await DeliverAsync(client, "a@far.test", recipient, text, way), StringComparison.Ordinal);
        return await LastAsync(rig);
    }

    private static async Task<string?> DeliverAsync(MemoryClient client, string sender, string recipient, string text, string way)
    {
        await client.AskAsync($"MAIL FROM:<{sender}>");
        await client.AskAsync($"RCPT TO:<{recipient}>");
        if (way == "DATA")
        {
            await client.AskAsync("DATA");
            await client.SendAsync(text + ".\r\n");
            return await client.ReadReplyAsync();
        }
        var content = text.Replace("\r\n..", "\r\n.", StringComparison.Ordinal);
        foreach (var piece in way == "BDAT" ? [content] : content.Select(c => c.ToString()))
        {
            await client.SendAsync($"BDAT {piece.Length}\r\n{piece}");
            await client.ReadReplyAsync();
        }
        return await client.AskAsync("BDAT 0 LAST");
    }

    private static async Task<string> LastAsync(SmtpRig rig) =>
        Encoding.Latin1.GetString((await rig.SpooledAsync()).MaxBy(message => message.Envelope.Id).Content);

    private static string Signed(string text)
    {
        using var digest = new MessageDigest(DigestPurpose.Sign);
        digest.Pass(Encoding.Latin1.GetBytes(text));
        digest.Complete();
        return Encoding.Latin1.GetString(new DkimSigner(TimeProvider.System).Sign(digest, [Theirs])) + text;
    }

    private static MessageDigest Digest(string text)
    {
        var digest = new MessageDigest(DigestPurpose.Verify);
        digest.Pass(Encoding.Latin1.GetBytes(text));
        digest.Complete();
        return digest;
    }

    private static async Task<IReadOnlyList<DkimResult>> VerifyAsync(SmtpRig rig, string text)
    {
        using var digest = Digest(text);
        return await new DkimVerifier(rig.Zones, TimeProvider.System).VerifyAsync(digest, CancellationToken.None);
    }

    private static async Task<(ArcVerdict Verdict, int Sets)> ChainAsync(SmtpRig rig, string text)
    {
        using var digest = Digest(text);
        var result = await new ArcValidator(rig.Zones).ValidateAsync(digest, CancellationToken.None);
        return (result.Verdict, result.Sets);
    }
}
