// Reports of ours are signed where there are keys: a receiver that believes only signed mail is to hear of failures too.
using System.Text;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Mail;
using MailFunctions.Rig.Peers;
using static MailFunctions.Pipeline.Functions.RelayRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class SignedReportsTests : IAsyncDisposable
{
    private static readonly SigningKey Key = SigningKey.NewEd25519();

    private readonly RelayRig _rig = new();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("mail.example.test")]
    [InlineData("example.test")]
    [InlineData("other.test")]
    public async Task A_report_is_signed_by_the_domain_of_its_author_or_the_one_above_it(string domain)
    {
        _rig.Keys.Add(new DkimKeySet(DomainName.Parse(domain), [new DkimPrivateKey("s", Key.ExportPem(), DkimKeyState.Signing, default)]));
        _rig.Zone.AddTxt($"s._domainkey.{domain}", Key.DnsRecord);
        _rig.Domain("one.test", new PeerScript().Saying(PeerStage.Rcpt, "550 5.1.1 unknown"));
        _rig.Submit("a@one.test");
        await _rig.RunToRestAsync();

        var report = Assert.Single(_rig.ReportsTo(Alice));
        using var digest = new MessageDigest(DigestPurpose.Verify);
        digest.Pass(Encoding.Latin1.GetBytes(report));
        digest.Complete();
        var results = await new DkimVerifier(_rig.Zone, TimeProvider.System).VerifyAsync(digest, CancellationToken.None);
        Assert.Equal(domain == "other.test" ? [] : new[] { DkimVerdict.Pass }, results.Select(result => result.Verdict));
    }
}
