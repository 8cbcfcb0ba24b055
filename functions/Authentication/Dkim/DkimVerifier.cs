// Checks the DKIM signatures of a message.
using MailFunctions.Dns;

namespace MailFunctions.Authentication.Dkim;

/// <summary>Verifies DKIM (RFC 6376 6, with the algorithms of RFC 8301 and RFC 8463).</summary>
public sealed class DkimVerifier(IResolver resolver, TimeProvider time)
{
    // RFC 6376 3.5: a signature of the future may be ignored; clocks differ by less than this.
    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromHours(1);

    private readonly SignatureCheck _check = new(resolver);

    /// <summary>Checks all signatures, at most <see cref="MessageDigest.MaxSignatures"/> of them.</summary>
    /// <param name="message">The whole message, passed for <see cref="DigestPurpose.Verify"/>.</param>
    /// <param name="cancellationToken">Ends the waiting for keys.</param>
    /// <returns>A result for each signature from the top, and one without domain for those beyond the limit; empty for a message without signature.</returns>
    public async Task<IReadOnlyList<DkimResult>> VerifyAsync(MessageDigest message, CancellationToken cancellationToken)
    {
        if (message.IsTooLarge)
            return [new DkimResult(DkimVerdict.Policy, null, null, "the header is too large")];
        var results = new List<DkimResult>(await Task.WhenAll(message.Signatures.Select(signature => VerifyAsync(message, signature, cancellationToken))));
        if (message.Header.Named("dkim-signature").Count > MessageDigest.MaxSignatures)
            results.Add(new DkimResult(DkimVerdict.Policy, null, null, "there are more signatures than are looked at"));
        return results;
    }

    private async Task<DkimResult> VerifyAsync(MessageDigest message, Signature signature, CancellationToken cancellationToken)
    {
        var outcome = signature.Fault ?? TimeFault(signature) ?? MessageFault(message);
        if (outcome is null)
        {
            var signed = message.Header.Cover(signature.Signed, signature.HeaderForm, signature.Field, signature.Unsigned);
            outcome = await _check.CheckAsync(signature, signed.WrittenMemory[..^2], cancellationToken);
        }
        var (verdict, reason) = outcome.Value;
        if (verdict == DkimVerdict.Pass)
            (verdict, reason) = BodyFault(message, signature) ?? outcome.Value;
        var result = new DkimResult(verdict, signature.Domain, signature.Selector, reason);
        if (signature.Fault is not null)
            return result;
        return result with
        {
            Algorithm = signature.Algorithm == SigningAlgorithm.Rsa ? "rsa-sha256" : "ed25519-sha256",
            SignatureStart = Convert.ToBase64String(signature.Value.AsSpan(0, Math.Min(6, signature.Value.Length))),
            LeavesBodyOpen = signature.BodyLength is { } length && length < message.Body(signature.BodyForm, length).Octets,
            IsTesting = outcome.Value.IsTesting,
        };
    }

    private SignatureOutcome? TimeFault(Signature signature)
    {
        var now = time.GetUtcNow();
        if (signature.ExpiresAt <= now.ToUnixTimeSeconds())
            return new SignatureOutcome(DkimVerdict.Fail, "the signature has expired");
        return signature.SignedAt > (now + MaxClockSkew).ToUnixTimeSeconds() ? new SignatureOutcome(DkimVerdict.Policy, "the signature is of the future") : null;
    }

    // Of two From fields a signature may cover one and a reader see the other (RFC 6376 8.15).
    private static SignatureOutcome? MessageFault(MessageDigest message) => message.Header.Named("from").Count switch
    {
        1 => null,
        0 => SignatureOutcome.PermError("there is no From field"),
        _ => new SignatureOutcome(DkimVerdict.Policy, "there is more than one From field"),
    };

    private static SignatureOutcome? BodyFault(MessageDigest message, Signature signature)
    {
        var body = message.Body(signature.BodyForm, signature.BodyLength);
        if (signature.BodyLength > body.Octets)
            return new SignatureOutcome(DkimVerdict.Fail, "l= is more than the body has"); // RFC 6376 3.5
        return body.Value.AsSpan().SequenceEqual(signature.BodyHash) ? null : new SignatureOutcome(DkimVerdict.Fail, "the body is another");
    }
}
