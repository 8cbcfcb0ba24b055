// What makes a signature worthless: rows of tags, keys and messages.
using System.Text;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Dns;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Authentication;

public sealed class SignatureRules
{
    private const string Message = "From: a@example.test\r\nSubject: x\r\n\r\nbody\r\n";

    // A signature with tags of one's choice, truly signed with the Ed25519 key of the tests.
    private static byte[] Forge(string tags, string message = Message, DkimKey? key = null, Canonicalization form = Canonicalization.Relaxed)
    {
        using var digest = Messages.Digest(Messages.Octets(message), 0, MailFunctions.Authentication.DigestPurpose.Sign);
        tags = tags.Replace("BH", Convert.ToBase64String(digest.Body(Canonicalization.Relaxed, null).Value), StringComparison.Ordinal);
        var unsigned = new RawField(Messages.Octets($"DKIM-Signature: {tags} b=\r\n"));
        var names = TagList.TryParse(unsigned.Value, out var list) ? list.Items("h").Select(name => name.ToLowerInvariant()).ToArray() : [];
        var covered = digest.Header.Cover(names, form, unsigned, unsigned);
        var signature = (key ?? Signing.Ed25519).Key.Sign(System.Security.Cryptography.SHA256.HashData(covered.WrittenSpan[..^2]));
        return [.. Messages.Octets($"DKIM-Signature: {tags} b={Convert.ToBase64String(signature)}\r\n"), .. Messages.Octets(message)];
    }

    private const string Good = "v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.test; s=e1; h=from:subject; bh=BH;";

    [Theory]
    [InlineData("the one that all others are made of", "", "", "pass")]
    [InlineData("v=2", "v=1;", "v=2;", "permerror")]
    [InlineData("v= missing, as before RFC 4871", "v=1;", "", "pass")]
    [InlineData("q= as before RFC 4871", "c=relaxed/relaxed", "c=relaxed/relaxed; q=dns", "pass")]
    [InlineData("DK-01 rsa-sha1", "a=ed25519-sha256", "a=rsa-sha1", "policy")]
    [InlineData("a= not known", "a=ed25519-sha256", "a=rsa-md5", "neutral")]
    [InlineData("a= in capitals", "a=ed25519-sha256", "a=Ed25519-SHA256", "neutral")]
    [InlineData("a= missing", "a=ed25519-sha256;", "", "permerror")]
    [InlineData("a= of another key", "a=ed25519-sha256", "a=rsa-sha256", "permerror")]
    [InlineData("c= not known", "c=relaxed/relaxed", "c=future", "neutral")]
    [InlineData("q= not known", "c=relaxed/relaxed", "c=relaxed/relaxed; q=dns/special", "neutral")]
    [InlineData("q= known and not", "c=relaxed/relaxed", "c=relaxed/relaxed; q=other : dns/txt", "pass")]
    [InlineData("d= missing", "d=example.test;", "", "permerror")]
    [InlineData("DK-05 d= with a quote", "d=example.test", "d=legit.test'a.example.test", "permerror")]
    [InlineData("DK-05 d= with a parenthesis", "d=example.test", "d=legit.test(.example.test", "permerror")]
    [InlineData("DK-05 d= with an escaped NUL", "d=example.test", "d=legit.test\\x00.example.test", "permerror")]
    [InlineData("DK-05 d= is an address", "d=example.test", "d=[192.0.2.1]", "permerror")]
    [InlineData("s= missing", "s=e1;", "", "permerror")]
    [InlineData("DK-05 NUL in s=", "s=e1", "s=e1\0.x", "permerror")]
    [InlineData("s= of nobody", "s=e1", "s=other", "permerror")]
    [InlineData("DK-04 From not in h=", "h=from:subject", "h=subject", "permerror")]
    [InlineData("From in h= in capitals with space", "h=from:subject", "h= FROM :\r\n\tSubject ", "pass")]
    [InlineData("h= names what is not there", "h=from:subject", "h=from:subject:subject:nothing", "pass")]
    [InlineData("h= missing", "h=from:subject;", "", "permerror")]
    [InlineData("DK-04 i= elsewhere", "s=e1", "s=e1; i=@other.test", "permerror")]
    [InlineData("DK-04 i= in a domain that only ends alike", "s=e1", "s=e1; i=@notexample.test", "permerror")]
    [InlineData("DK-04 i= above", "s=e1", "s=e1; i=@test", "permerror")]
    [InlineData("DK-04 i= below", "s=e1", "s=e1; i=joe=40x@sub.example.test", "pass")]
    [InlineData("i= without @", "s=e1", "s=e1; i=example.test", "permerror")]
    [InlineData("DK-04 x= passed", "s=e1", "s=e1; x=1000", "fail")]
    [InlineData("x= to come", "s=e1", "s=e1; t=1000; x=4000000000", "pass")]
    [InlineData("x= before t=", "s=e1", "s=e1; t=3000; x=2000", "permerror")]
    [InlineData("x= no number", "s=e1", "s=e1; x=-1", "permerror")]
    [InlineData("t= of the future", "s=e1", "s=e1; t=4000000000", "policy")]
    [InlineData("t= over-long", "s=e1", "s=e1; t=9999999999999", "permerror")]
    [InlineData("a tag twice", "s=e1", "s=e1; s=e1", "permerror")]
    [InlineData("no tag between semicolons", "s=e1;", "s=e1;;", "permerror")]
    [InlineData("tags not known", "s=e1", "s=e1; xx_1=any thing; y = ", "pass")]
    [InlineData("a tag without =", "s=e1", "s=e1; xx", "permerror")]
    [InlineData("a tag name with a hyphen", "s=e1", "s=e1; x-x=1", "permerror")]
    [InlineData("bh= of another body", "bh=BH", "bh=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "fail")]
    [InlineData("bh= no base64", "bh=BH", "bh=***", "permerror")]
    [InlineData("bh= no SHA-256", "bh=BH", "bh=AAAA", "permerror")]
    [InlineData("l= no number", "s=e1", "s=e1; l=-1", "permerror")]
    [InlineData("l= more than there is", "s=e1", "s=e1; l=999", "fail")]
    [InlineData("l= all there is", "s=e1", "s=e1; l=6", "pass")]
    public async Task A_signature_is_judged_by_its_tags(string name, string replace, string with, string expected)
    {
        var tags = replace.Length == 0 ? Good : Good.Replace(replace, with, StringComparison.Ordinal);
        Assert.True(replace.Length == 0 || tags != Good, name);
        var results = await Messages.VerifyAsync(Forge(tags), Signing.Zones);
        Assert.True(expected == Messages.Words(results), $"{name}: {Messages.Words(results)}, {results[0].Reason}");
        Assert.Equal(expected == "pass", results[0].Reason.Length == 0);
    }

    [Theory]
    [InlineData("as published", "v=DKIM1; k=ed25519; p=KEY", "pass")]
    [InlineData("with space and a semicolon", "v=DKIM1 ; k = ed25519; p = KEY ;", "pass")]
    [InlineData("for mail", "k=ed25519; s=email:other; p=KEY", "pass")]
    [InlineData("for other services", "k=ed25519; s=chat; p=KEY", "permerror")]
    [InlineData("for SHA-256", "k=ed25519; h=sha1:sha256; p=KEY", "pass")]
    [InlineData("for other hashes", "k=ed25519; h=sha1; p=KEY", "permerror")]
    [InlineData("revoked", "v=DKIM1; k=ed25519; p=", "permerror")]
    [InlineData("without p=", "v=DKIM1; k=ed25519", "permerror")]
    [InlineData("of another version", "v=DKIM2; k=ed25519; p=KEY", "permerror")]
    [InlineData("with v= behind", "k=ed25519; v=DKIM1; p=KEY", "permerror")]
    [InlineData("of RSA by default", "p=KEY", "permerror")]
    [InlineData("of a kind not known", "k=ed448; p=KEY", "permerror")]
    [InlineData("cut", "v=DKIM1; k=ed25519; p=AAAA", "permerror")]
    [InlineData("no base64", "v=DKIM1; k=ed25519; p=?", "permerror")]
    [InlineData("of somebody else", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "fail")]
    [InlineData("empty", "", "permerror")]
    [InlineData("testing", "v=DKIM1; k=ed25519; t=y; p=KEY", "pass")]
    public async Task A_signature_is_judged_by_its_key(string name, string record, string expected)
    {
        var key = Signing.Ed25519.Key.DnsRecord;
        var zones = new ZoneResolver().AddTxt("e1._domainkey.example.test", record.Replace("KEY", key[(key.IndexOf("p=", StringComparison.Ordinal) + 2)..], StringComparison.Ordinal));
        var results = await Messages.VerifyAsync(Forge(Good), zones);
        Assert.True(expected == Messages.Words(results), $"{name}: {Messages.Words(results)}, {results[0].Reason}");
        Assert.Equal(name == "testing", results[0].IsTesting);
    }

    [Theory]
    [InlineData("@example.test", "pass")]
    [InlineData("@sub.example.test", "permerror")]
    public async Task A_strict_key_wants_the_identity_at_the_domain_itself(string identity, string expected)
    {
        var zones = new ZoneResolver().AddTxt("e1._domainkey.example.test", Signing.Ed25519.Key.DnsRecord + "; t=s");
        Assert.Equal(expected, Messages.Words(await Messages.VerifyAsync(Forge(Good + $" i={identity};"), zones)));
    }

    [Fact]
    public async Task Other_text_beside_the_key_does_no_harm_and_a_second_key_does()
    {
        var zones = Signing.Zones.AddTxt("e1._domainkey.example.test", "v=spf1 -all").AddTxt("e1._domainkey.example.test", "nonsense");
        Assert.Equal("pass", Messages.Words(await Messages.VerifyAsync(Forge(Good), zones)));
        zones.AddTxt("e1._domainkey.example.test", Signing.Rsa.Key.DnsRecord);
        Assert.Equal("permerror", Messages.Words(await Messages.VerifyAsync(Forge(Good), zones)));
    }

    [Theory]
    [InlineData(Trouble.TimedOut)]
    [InlineData(Trouble.ServerFailed)]
    public async Task A_key_that_cannot_be_had_for_now_is_a_temporary_error(Trouble trouble) =>
        Assert.Equal("temperror", Messages.Words(await Messages.VerifyAsync(Forge(Good), Signing.Zones.Fail("e1._domainkey.example.test", trouble))));

    [Theory]
    [InlineData(512, "policy")]
    [InlineData(1016, "policy")]
    [InlineData(1024, "pass")]
    public async Task DK_01_RSA_keys_below_1024_bits_never_pass(int bits, string expected)
    {
        using var rsa = System.Security.Cryptography.RSA.Create();
        rsa.KeySize = bits;
        var signed = Forge(Good.Replace("ed25519", "rsa", StringComparison.Ordinal));
        // Sign anew with the key: nothing but its length is wrong with it.
        var text = Encoding.Latin1.GetString(signed);
        var unsigned = text[..(text.IndexOf(" b=", StringComparison.Ordinal) + 3)];
        using var digest = Messages.Digest(Messages.Octets(Message));
        var covered = digest.Header.Cover(["from", "subject"], Canonicalization.Relaxed, new RawField(Messages.Octets(unsigned + "\r\n")), new RawField(Messages.Octets(unsigned + "\r\n")));
        var value = rsa.SignData(covered.WrittenSpan[..^2], System.Security.Cryptography.HashAlgorithmName.SHA256, System.Security.Cryptography.RSASignaturePadding.Pkcs1);
        foreach (var key in new[] { rsa.ExportSubjectPublicKeyInfo(), rsa.ExportRSAPublicKey() })
        {
            var zones = new ZoneResolver().AddTxt("e1._domainkey.example.test", "p=" + Convert.ToBase64String(key));
            Assert.Equal(expected, Messages.Words(await Messages.VerifyAsync(Messages.Octets($"{unsigned}{Convert.ToBase64String(value)}\r\n{Message}"), zones)));
        }
    }

    [Fact]
    public async Task DK_02_a_signature_that_leaves_the_body_open_passes_and_does_not_align()
    {
        var signed = Encoding.Latin1.GetString(Forge(Good + " l=6;"));
        var whole = Assert.Single(await Messages.VerifyAsync(Messages.Octets(signed), Signing.Zones));
        Assert.Equal((DkimVerdict.Pass, false, true), (whole.Verdict, whole.LeavesBodyOpen, whole.MayAlign));
        var longer = Assert.Single(await Messages.VerifyAsync(Messages.Octets(signed + "<p>buy this</p>\r\n"), Signing.Zones));
        Assert.Equal((DkimVerdict.Pass, true, false), (longer.Verdict, longer.LeavesBodyOpen, longer.MayAlign));
    }

    [Fact]
    public async Task DK_04_eight_signatures_are_looked_at_and_no_more()
    {
        var one = Encoding.Latin1.GetString(Forge(Good))[..^Message.Length];
        Assert.Equal("pass pass pass pass pass pass pass pass", Messages.Words(await Messages.VerifyAsync(Messages.Octets(string.Concat(Enumerable.Repeat(one, 8)) + Message), Signing.Zones)));
        var zones = Signing.Zones;
        var results = await Messages.VerifyAsync(Messages.Octets(string.Concat(Enumerable.Repeat(one, 500)) + Message), zones);
        Assert.Equal((9, DkimVerdict.Policy, null), (results.Count, results[^1].Verdict, results[^1].Domain));
        Assert.Equal(8, zones.Asked.Count);
    }

    [Theory]
    [InlineData("two From fields, the signed one below", "From: ceo@legit.test\r\n", "")]
    [InlineData("two From fields, the signed one above", "", "From: ceo@legit.test\r\n")]
    [InlineData("space before the colon", "From : ceo@legit.test\r\n", "")]
    [InlineData("a tab before the colon, in capitals", "FROM\t: ceo@legit.test\r\n", "")]
    [InlineData("folded before its value", "From:\r\n ceo@legit.test\r\n", "")]
    public async Task DK_05_a_second_author_never_goes_along_with_the_first(string name, string above, string below)
    {
        var signed = Encoding.Latin1.GetString(Forge(Good));
        var start = signed.IndexOf("From: a@", StringComparison.Ordinal);
        var forged = signed[..start] + above + "From: a@example.test\r\n" + below + signed[(start + 22)..];
        var result = Assert.Single(await Messages.VerifyAsync(Messages.Octets(forged), Signing.Zones));
        Assert.True(result.Verdict == DkimVerdict.Policy, name);
    }

    [Fact]
    public async Task LIM_03_a_header_beyond_the_limits_is_not_judged_nor_kept()
    {
        var field = Messages.Octets("X: " + new string('x', 70) + "\r\n");
        using var many = new MailFunctions.Authentication.MessageDigest(MailFunctions.Authentication.DigestPurpose.Verify);
        for (var i = 0; i < 1_000_000; i++)
            many.Pass(field);
        many.Pass(Forge(Good));
        many.Complete();
        var results = await new DkimVerifier(Signing.Zones, new FakeTime()).VerifyAsync(many, TestContext.Current.CancellationToken);
        Assert.Equal("policy", Messages.Words(results));
        Assert.Empty(many.Signatures);
    }

    [Fact]
    public async Task A_signed_message_cut_or_damaged_anywhere_is_survived()
    {
        var signed = Signing.Sign(Messages.Octets(Messages.Plain), 0, Signing.Rsa, Signing.Ed25519);
        for (var length = 0; length < signed.Length; length++)
            await Messages.VerifyAsync(signed[..length], Signing.Zones);
        var random = new Random(6376);
        for (var i = 0; i < 5_000; i++)
        {
            var damaged = (byte[])signed.Clone();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
                damaged[random.Next(damaged.Length)] = (byte)(random.Next(3) == 0 ? random.Next(256) : ";=:,\r\n \t@\0b"[random.Next(11)]);
            await Messages.VerifyAsync(damaged, Signing.Zones);
        }
    }
}
