// Bent text records of DKIM and DMARC.
using System.Text;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Authentication.Dmarc;
using MailFunctions.Rig;

namespace MailFunctions.Fuzz;

public sealed class DnsTexts : Target
{
    /// <inheritdoc/>
    protected override IReadOnlyList<string> Tokens =>
    [
        "v=DMARC1; ", "v=DKIM1; ", "p=", "sp=reject; ", "np=quarantine; ", "pct=", "t=y; ", "psd=y; ", "psd=u; ", "k=rsa; ", "k=ed25519; ", "h=sha256; ",
        "s=*; ", "g=; ",
        "n=; ", "t=s:y; ", ";", "=", " ", "\t", "\r\n ", "\0", "\xff", ":", "!",
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Recorded =>
    [
        "v=DMARC1; p=reject; sp=quarantine; np=none; pct=50; adkim=s; aspf=r; fo=1:d:s; rua=mailto:a@far.test!10m, mailto:b@x.test; ri=3600; psd=n; t=n\r\n",
        "v=DMARC1;p=none\r\n",
        "v=DKIM1; k=rsa; h=sha256; s=email; t=y:s; n=note; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDQ\r\n",
        $"{SignedMail.Key.Key.DnsRecord}\r\n",
    ];

    /// <inheritdoc/>
    protected override async Task PlayAsync(IReadOnlyList<byte[]> pieces)
    {
        var text = Encoding.Latin1.GetString([.. pieces.SelectMany(piece => piece)]).TrimEnd('\r', '\n');
        var zones = new ZoneResolver().AddTxt("s._domainkey.far.test", text).AddTxt("_dmarc.far.test", text).AddTxt("_dmarc.test", text);
        using var digest = SignedMail.Digest([Encoding.Latin1.GetBytes(SignedMail.Signed)]);
        var dkim = await new DkimVerifier(zones, SignedMail.Time).VerifyAsync(digest, TestContext.Current.CancellationToken);
        foreach (var author in (string[])["a@far.test", "a@b.c.far.test"])
        {
            var dmarc = await new DmarcCheck(zones, new TreeWalk(zones), new Random(1))
                .CheckAsync([Encoding.ASCII.GetBytes(author)], null, dkim, TestContext.Current.CancellationToken);
            Assert.True(Enum.IsDefined(dmarc.Result) && Enum.IsDefined(dmarc.Policy) && Enum.IsDefined(dmarc.Disposition));
            SignedMail.CheckField([.. dkim.Select(AuthenticationResults.Of), AuthenticationResults.Of(dmarc)]);
        }
        Assert.InRange(zones.Asked.Count, 1, 60);
    }
}
