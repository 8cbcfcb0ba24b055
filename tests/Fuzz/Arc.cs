// Bent messages with a seal.
using MailFunctions.Authentication;
using MailFunctions.Authentication.Arc;

namespace MailFunctions.Fuzz;

public sealed class Arc : Target
{
    /// <inheritdoc/>
    protected override IReadOnlyList<string> Tokens =>
    [
        "ARC-Seal: i=2; ", "ARC-Message-Signature: i=2; ", "ARC-Authentication-Results: i=2; ", "i=0; ", "i=51; ", "i=1; ",
        "cv=pass; ", "cv=fail; ", "cv=none; ",
        "h=from; ", "b=; ", ";", "=", "\r\n\r\n", "\r\n ", "\0", "\xff", ":",
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Recorded => [SignedMail.Sealed];

    /// <inheritdoc/>
    protected override async Task PlayAsync(IReadOnlyList<byte[]> pieces)
    {
        var whole = await ValidateAsync([[.. pieces.SelectMany(piece => piece)]]);
        var cut = await ValidateAsync(pieces);
        Assert.Equal((whole.Verdict, whole.Sets, whole.Reason, whole.IsFinal), (cut.Verdict, cut.Sets, cut.Reason, cut.IsFinal));
        Assert.Equal(whole.Sealers, cut.Sealers);
        Assert.InRange(whole.Sets, 0, 50); // RFC 8617 4.2.1
        SignedMail.CheckField(AuthenticationResults.Of(whole));
    }

    private static async Task<ArcResult> ValidateAsync(IEnumerable<byte[]> pieces)
    {
        using var digest = SignedMail.Digest(pieces);
        return await new ArcValidator(SignedMail.Zones()).ValidateAsync(digest, TestContext.Current.CancellationToken);
    }
}
