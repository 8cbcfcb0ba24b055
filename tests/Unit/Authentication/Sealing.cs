// Chains of ARC sets: sealed by us hop after hop, and broken in every way.
using System.Text;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Arc;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Authentication;

public sealed class Sealing
{
    private static readonly AuthenticationResults Results = new("mx.example.test", [new MethodResult("spf", "pass")]);

    private static async Task<byte[]> SealAsync(byte[] message, int hops = 1, DkimKey? key = null)
    {
        for (var hop = 0; hop < hops; hop++)
        {
            using var digest = Messages.Digest(message, message.Length / 2, DigestPurpose.Verify | DigestPurpose.Sign);
            var chain = await new ArcValidator(Signing.Zones).ValidateAsync(digest, TestContext.Current.CancellationToken);
            message = [.. new ArcSealer(new FakeTime(Messages.Today)).Seal(digest, chain, Results, key ?? Signing.Ed25519), .. message];
        }
        return message;
    }

    [Fact]
    public async Task ARC_01_what_we_seal_passes_at_the_next_hop_however_it_is_cut()
    {
        foreach (var key in new[] { Signing.Rsa, Signing.Ed25519 })
        {
            var sealedOnce = await SealAsync(Messages.Octets(Messages.Plain), 1, key);
            for (var cut = 0; cut <= sealedOnce.Length; cut += 7)
            {
                var result = await Messages.ValidateAsync(sealedOnce, Signing.Zones, cut);
                Assert.Equal((ArcVerdict.Pass, 1, ""), (result.Verdict, result.Sets, result.Reason));
                Assert.Equal(["example.test"], result.Sealers.Select(sealer => sealer.Text));
            }
        }
    }

    [Fact]
    public async Task ARC_01_a_chain_has_fifty_sets_and_nobody_seals_it_again()
    {
        var message = await SealAsync(Messages.Octets(Messages.Plain), 50);
        var result = await Messages.ValidateAsync(message, Signing.Zones);
        Assert.Equal((ArcVerdict.Pass, 50, true), (result.Verdict, result.Sets, result.IsFinal));
        Assert.Equal(message, await SealAsync(message));
        var more = Encoding.Latin1.GetString(message).Replace("i=50;", "i=51;", StringComparison.Ordinal);
        Assert.Equal(ArcVerdict.Fail, (await Messages.ValidateAsync(Messages.Octets(more), Signing.Zones)).Verdict);
    }

    [Fact]
    public async Task ARC_01_a_broken_chain_is_sealed_once_as_failed_and_then_left_alone()
    {
        var broken = Messages.Octets(Encoding.Latin1.GetString(await SealAsync(Messages.Octets(Messages.Plain))) + "footer\r\n");
        Assert.Equal("the body is another", (await Messages.ValidateAsync(broken, Signing.Zones)).Reason);
        var failed = await SealAsync(broken);
        Assert.Contains("cv=fail", Encoding.Latin1.GetString(failed), StringComparison.Ordinal);
        var result = await Messages.ValidateAsync(failed, Signing.Zones);
        Assert.Equal((ArcVerdict.Fail, 2, true), (result.Verdict, result.Sets, result.IsFinal));
        Assert.Equal(failed, await SealAsync(failed));
    }

    [Theory]
    [InlineData("a gap", "i=2;", "i=3;")]
    [InlineData("a duplicate", "i=2;", "i=1;")]
    [InlineData("number 0", "i=1;", "i=0;")]
    [InlineData("a zero in front", "i=1;", "i=01;")]
    [InlineData("no number", "i=1;", "i=;")]
    [InlineData("cv=none above the first", "cv=pass", "cv=none")]
    [InlineData("cv=pass in the first", "cv=none", "cv=pass")]
    [InlineData("cv=fail in the first", "cv=none", "cv=fail")]
    [InlineData("cv= in capitals", "cv=pass", "cv=PASS")]
    [InlineData("a seal with h=", "cv=pass", "cv=pass; h=from")]
    [InlineData("other results", "spf=pass", "spf=fail")]
    [InlineData("another subject", "Subject: Hello", "Subject: Buy")]
    [InlineData("another body", "One ", "Two ")]
    [InlineData("a set without results", "ARC-Authentication-Results: i=2", "X: i=2")]
    [InlineData("a set without seal", "ARC-Seal: i=2", "X: i=2")]
    [InlineData("a set without signature", "ARC-Message-Signature: i=2", "X: i=2")]
    public async Task ARC_01_a_chain_that_was_tampered_with_fails(string name, string replace, string with)
    {
        var text = Encoding.Latin1.GetString(await SealAsync(Messages.Octets(Messages.Plain), 2));
        Assert.Equal(ArcVerdict.Pass, (await Messages.ValidateAsync(Messages.Octets(text), Signing.Zones)).Verdict);
        var changed = text.Replace(replace, with, StringComparison.Ordinal);
        Assert.NotEqual(text, changed);
        var result = await Messages.ValidateAsync(Messages.Octets(changed), Signing.Zones);
        Assert.True(result.Verdict == ArcVerdict.Fail, name);
        Assert.NotEqual("", result.Reason);
    }

    [Fact]
    public async Task Keys_that_cannot_be_had_make_the_failure_temporary()
    {
        var message = await SealAsync(Messages.Octets(Messages.Plain));
        var result = await Messages.ValidateAsync(message, Signing.Zones.Fail("e1._domainkey.example.test"));
        Assert.Equal((ArcVerdict.Fail, true), (result.Verdict, result.IsTemporary));
    }

    [Fact]
    public async Task A_signature_of_the_author_is_under_the_seal_and_still_passes_behind_it()
    {
        var signed = Signing.Sign(Messages.Octets(Messages.Plain), 0, Signing.Rsa);
        var forwarded = await SealAsync(signed);
        Assert.Equal("pass", Messages.Words(await Messages.VerifyAsync(forwarded, Signing.Zones)));
        Assert.Equal(ArcVerdict.Pass, (await Messages.ValidateAsync(forwarded, Signing.Zones)).Verdict);
        var stripped = Messages.Octets(Encoding.Latin1.GetString(forwarded).Replace("DKIM-Signature", "X-Signature", StringComparison.Ordinal));
        Assert.Equal(ArcVerdict.Fail, (await Messages.ValidateAsync(stripped, Signing.Zones)).Verdict);
    }

    [Fact]
    public async Task A_sealed_message_cut_or_damaged_anywhere_is_survived()
    {
        var message = await SealAsync(Messages.Octets(Messages.Plain), 2);
        for (var length = 0; length < message.Length; length++)
            await Messages.ValidateAsync(message[..length], Signing.Zones);
        var random = new Random(8617);
        for (var i = 0; i < 3_000; i++)
        {
            var damaged = (byte[])message.Clone();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
                damaged[random.Next(damaged.Length)] = (byte)(random.Next(3) == 0 ? random.Next(256) : ";=:,\r\n \t1i"[random.Next(10)]);
            await Messages.ValidateAsync(damaged, Signing.Zones);
        }
    }
}
