// Validates the ARC chain of a message.
using MailFunctions.Authentication.Dkim;
using MailFunctions.Dns;

namespace MailFunctions.Authentication.Arc;

/// <summary>Validates ARC (RFC 8617 5.2): the last message signature, and all seals from the last to the first.</summary>
public sealed class ArcValidator(IResolver resolver)
{
    private readonly SignatureCheck _check = new(resolver);

    /// <summary>Validates the chain.</summary>
    /// <param name="message">The whole message, passed for <see cref="DigestPurpose.Verify"/>.</param>
    /// <param name="cancellationToken">Ends the waiting for keys.</param>
    public async Task<ArcResult> ValidateAsync(MessageDigest message, CancellationToken cancellationToken)
    {
        if (message.IsTooLarge)
            return new ArcResult(ArcVerdict.Fail, 0, "the header is too large") { IsFinal = true };
        var chain = message.Chain;
        if (chain.Fault is { } fault)
            return new ArcResult(ArcVerdict.Fail, 0, fault);
        if (chain.Latest is not { } latest)
            return new ArcResult(ArcVerdict.None, 0, "");
        var isFinal = latest.ChainValidation == "fail" || chain.Sets.Count == ArcChain.MaxSets;
        var outcome = latest.ChainValidation == "fail"
            ? SignatureOutcome.PermError("the chain was broken before")
            : await CheckMessageAsync(message, latest.MessageSignature, cancellationToken);
        for (var i = chain.Sets.Count - 1; i >= 0 && outcome.Verdict == DkimVerdict.Pass; i--)
            outcome = await CheckSealAsync(chain.Sets, i, cancellationToken);
        if (outcome.Verdict != DkimVerdict.Pass)
            return new ArcResult(ArcVerdict.Fail, chain.Sets.Count, outcome.Reason) { IsFinal = isFinal, IsTemporary = outcome.Verdict == DkimVerdict.TempError };
        return new ArcResult(ArcVerdict.Pass, chain.Sets.Count, "") { IsFinal = isFinal, Sealers = [.. chain.Sets.Select(set => set.Seal.Domain!.Value)] };
    }

    private async Task<SignatureOutcome> CheckMessageAsync(MessageDigest message, Signature signature, CancellationToken cancellationToken)
    {
        if (signature.Fault is { } fault)
            return fault;
        var body = message.Body(signature.BodyForm, signature.BodyLength);
        if (!body.Value.AsSpan().SequenceEqual(signature.BodyHash))
            return new SignatureOutcome(DkimVerdict.Fail, "the body is another");
        if (signature.BodyLength is { } length && length != body.Octets)
            return new SignatureOutcome(DkimVerdict.Fail, "the last signature leaves the body open");
        var signed = message.Header.Cover(signature.Signed, signature.HeaderForm, signature.Field, signature.Unsigned);
        return await _check.CheckAsync(signature, signed.WrittenMemory[..^2], cancellationToken);
    }

    private async Task<SignatureOutcome> CheckSealAsync(IReadOnlyList<ArcSet> sets, int index, CancellationToken cancellationToken)
    {
        var set = sets[index];
        if (set.Seal.Fault is { } fault)
            return fault;
        var signed = ArcSealCover.Write(sets.Take(index), set.Results, set.MessageSignature.Field, set.Seal.Unsigned);
        return await _check.CheckAsync(set.Seal, signed, cancellationToken);
    }
}
