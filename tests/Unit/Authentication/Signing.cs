// What we sign, our own verifier and its attackers must find as it was signed.
using System.Text;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Mail;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Authentication;

public sealed class Signing
{
    internal static readonly DkimKey Rsa = new(DomainName.Parse("example.test"), "r1", SigningKey.NewRsa());
    internal static readonly DkimKey Ed25519 = new(DomainName.Parse("example.test"), "e1", SigningKey.NewEd25519());

    internal static ZoneResolver Zones => new ZoneResolver()
        .AddTxt("r1._domainkey.example.test", Rsa.Key.DnsRecord)
        .AddTxt("e1._domainkey.example.test", Ed25519.Key.DnsRecord);

    internal static byte[] Sign(byte[] message, int cut = 0, params DkimKey[] keys)
    {
        using var digest = Messages.Digest(message, cut, DigestPurpose.Sign);
        return [.. new DkimSigner(new FakeTime(Messages.Today)).Sign(digest, keys), .. message];
    }

    public static TheoryData<string> Bodies => ["", "\r\n", "x", "x\r\n", "One  line \r\n\r\n  another\t\r\n\r\n\r\n", " \r\n", "a\rb\r\n", "\r\n\r\n.\r\n"];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task What_is_signed_verifies_however_both_are_cut(string body)
    {
        var message = Messages.Octets("From: a@example.test\r\nSubject : x\r\n y\r\n\r\n" + body);
        for (var cut = 0; cut <= message.Length; cut++)
        {
            var signed = Sign(message, cut, Ed25519);
            Assert.Equal("pass", Messages.Words(await Messages.VerifyAsync(signed, Zones)));
            if (cut == 0)
            {
                for (var other = 0; other <= signed.Length; other++)
                    Assert.Equal("pass", Messages.Words(await Messages.VerifyAsync(signed, Zones, other)));
            }
        }
    }

    [Fact]
    public async Task Both_keys_of_a_domain_sign_and_both_signatures_pass()
    {
        var results = await Messages.VerifyAsync(Sign(Messages.Octets(Messages.Plain), 0, Rsa, Ed25519), Zones);
        Assert.Equal("pass pass", Messages.Words(results));
        Assert.Equal(["rsa-sha256", "ed25519-sha256"], results.Select(result => result.Algorithm));
        Assert.All(results, result => Assert.True(result.MayAlign));
    }

    [Fact]
    public async Task Any_changed_octet_that_is_signed_is_seen()
    {
        var signed = Sign(Messages.Octets(Messages.Plain), 0, Ed25519);
        var end = Encoding.Latin1.GetString(signed).IndexOf("\r\n\r\n  another", StringComparison.Ordinal) + 12;
        for (var i = Encoding.Latin1.GetString(signed).IndexOf("From: Alice", StringComparison.Ordinal); i < end; i++)
        {
            if (signed[i] is (byte)' ' or (byte)'\r' or (byte)'\n' or (byte)':')
                continue;
            var changed = (byte[])signed.Clone();
            changed[i] ^= 1;
            var results = await Messages.VerifyAsync(changed, Zones);
            Assert.DoesNotContain(results, result => result.Verdict == DkimVerdict.Pass);
        }
    }

    [Theory]
    [InlineData("From")]
    [InlineData("To")]
    [InlineData("Cc")]
    [InlineData("Subject")]
    [InlineData("Date")]
    [InlineData("Message-ID")]
    [InlineData("Reply-To")]
    [InlineData("Content-Type")]
    [InlineData("MIME-Version")]
    public async Task DK_03_a_field_added_in_front_or_behind_breaks_the_signature(string name)
    {
        var signed = Encoding.Latin1.GetString(Sign(Messages.Octets(Messages.Plain), 0, Ed25519));
        foreach (var forged in new[] { $"{name}: x@y.test\r\n{signed}", signed.Replace("\r\n\r\nOne", $"\r\n{name.ToUpperInvariant()} : x@y.test\r\n\r\nOne", StringComparison.Ordinal) })
            Assert.DoesNotContain(await Messages.VerifyAsync(Messages.Octets(forged), Zones), result => result.Verdict == DkimVerdict.Pass);
    }

    [Fact]
    public void DK_02_we_never_sign_part_of_a_body_and_lines_are_short()
    {
        var text = Encoding.Latin1.GetString(Sign(Messages.Octets(Messages.Plain), 0, Rsa, Ed25519));
        var fields = text[..text.IndexOf("From: Alice", StringComparison.Ordinal)];
        Assert.DoesNotContain(" l=", fields, StringComparison.Ordinal);
        Assert.All(fields.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
        Assert.Equal(2, fields.Split("DKIM-Signature:").Length - 1);
    }

    [Theory]
    [InlineData("Subject: no author\r\n\r\n")]
    [InlineData("From: a@example.test\r\nfrom : b@example.test\r\n\r\n")]
    [InlineData("")]
    public void A_message_without_one_author_is_not_signed(string message) =>
        Assert.Equal(message, Encoding.Latin1.GetString(Sign(Messages.Octets(message), 0, Ed25519)));

    [Fact]
    public void Keys_come_back_from_PEM_and_show_nothing_secret()
    {
        foreach (var key in new[] { Rsa.Key, Ed25519.Key })
        {
            Assert.True(SigningKey.TryParse(key.ExportPem(), out var again, out _));
            Assert.Equal(key.DnsRecord, again.DnsRecord);
            Assert.Equal(key.ExportPem(), again.ExportPem());
            Assert.DoesNotContain(key.ExportPem()[40..60], new DkimKey(Rsa.Domain, "x", key).ToString(), StringComparison.Ordinal);
        }
    }

    // openssl genpkey -algorithm ed25519, with the seed of RFC 8032 7.1 test 1.
    [Fact]
    public void A_key_that_openssl_wrote_is_read()
    {
        Assert.True(SigningKey.TryParse(
            "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n", out var key, out _));
        Assert.Equal("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", key.DnsRecord);
    }

    [Fact]
    public void DK_01_a_short_RSA_key_is_not_signed_with_and_the_fault_says_so()
    {
        using var rsa = System.Security.Cryptography.RSA.Create(1024);
        foreach (var pem in new[] { rsa.ExportPkcs8PrivateKeyPem(), rsa.ExportRSAPrivateKeyPem() })
        {
            Assert.False(SigningKey.TryParse(pem, out _, out var fault));
            Assert.Contains("2048", fault, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Text_that_is_no_key_is_refused_cut_anywhere()
    {
        var pem = Ed25519.Key.ExportPem();
        for (var length = 0; length < pem.Length - 1; length++)
            Assert.False(SigningKey.TryParse(pem[..length], out _, out _));
        Assert.False(SigningKey.TryParse(pem.Replace("PRIVATE", "PUBLIC", StringComparison.Ordinal), out _, out _));
        Assert.False(SigningKey.TryParse("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", out _, out _));
    }
}
