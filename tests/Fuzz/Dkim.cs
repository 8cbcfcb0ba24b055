// Bent messages with a signature.
using MailFunctions.Authentication;
using MailFunctions.Authentication.Dkim;

namespace MailFunctions.Fuzz;

public sealed class Dkim : Target
{
    /// <inheritdoc/>
    protected override IReadOnlyList<string> Tokens =>
    [
        "DKIM-Signature: ", "v=1; ", "l=0; ", "l=99999999999; ", "x=1; ", "t=99999999999; ", "c=simple/relaxed; ", "h=from:from:from; ", "i=@a.far.test; ",
        "bh=; ",
        "b=; ", "d=far.test; ", "s=..; ", "a=rsa-sha1; ", ";", "=", "\r\n\r\n", "\r\n ", "\t", "From: c@d.test\r\n", "\0", "\xff", ":",
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Recorded => [SignedMail.Signed, SignedMail.Sealed];

    /// <inheritdoc/>
    protected override async Task PlayAsync(IReadOnlyList<byte[]> pieces)
    {
        var whole = await VerifyAsync([[.. pieces.SelectMany(piece => piece)]]);
        Assert.Equal(whole, await VerifyAsync(pieces));
        Assert.InRange(whole.Count, 0, MessageDigest.MaxSignatures);
        SignedMail.CheckField([.. whole.Select(AuthenticationResults.Of)]);
    }

    private static async Task<IReadOnlyList<DkimResult>> VerifyAsync(IEnumerable<byte[]> pieces)
    {
        using var digest = SignedMail.Digest(pieces);
        var zones = SignedMail.Zones();
        var results = await new DkimVerifier(zones, SignedMail.Time).VerifyAsync(digest, TestContext.Current.CancellationToken);
        Assert.InRange(zones.Asked.Count, 0, MessageDigest.MaxSignatures);
        return results;
    }
}
