// Seals messages that are forwarded.
using System.Globalization;
using MailFunctions.Authentication.Dkim;

namespace MailFunctions.Authentication.Arc;

/// <summary>Adds an ARC set (RFC 8617 5.1): what we found, so that it can be believed where the message went through us.</summary>
public sealed class ArcSealer(TimeProvider time)
{
    /// <summary>The three fields to put in front of a message.</summary>
    /// <param name="message">The whole message as it leaves, passed for <see cref="DigestPurpose.Sign"/> and <see cref="DigestPurpose.Verify"/>.</param>
    /// <param name="chain">What was found of the chain as it came.</param>
    /// <param name="results">Our results, whose id and results go into the set.</param>
    /// <param name="key">Who seals: with RSA, because not every validator knows seals in Ed25519.</param>
    /// <returns>Empty where nobody may seal any more, or the header is too large.</returns>
    public byte[] Seal(MessageDigest message, ArcResult chain, AuthenticationResults results, DkimKey key)
    {
        // A broken chain that is no chain cannot be counted, and nothing is gained by sealing it: it stays broken for whoever comes (RFC 8617 5.1.2).
        if (message.IsTooLarge || chain.IsFinal || message.Chain.Fault is not null)
            return [];
        var before = message.Chain.Sets;
        var instance = (before.Count + 1).ToString(CultureInfo.InvariantCulture);
        var now = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var authenticationResults = results.ToArcField(instance);
        var messageSignature = SignMessage(message, instance, now, key);
        var seal = Begin("ARC-Seal", instance, now, key);
        seal.Add("cv", chain.Verdict switch { ArcVerdict.None => "none", ArcVerdict.Pass => "pass", _ => "fail" });
        seal.AddBase64("b", []);
        // RFC 8617 5.1.2: the seal of a broken chain covers its own set alone.
        var covered = ArcSealCover.Write(chain.Verdict == ArcVerdict.Fail ? [] : before, authenticationResults, messageSignature, seal.ToField());
        var sealField = DkimSigner.Complete(seal, key.Key, covered.Span);
        return [.. sealField.Octets.Span, .. messageSignature.Octets.Span, .. authenticationResults.Octets.Span];
    }

    private static RawField SignMessage(MessageDigest message, string instance, string now, DkimKey key)
    {
        var names = SignedFields.ForArc(message.Header);
        var field = Begin("ARC-Message-Signature", instance, now, key);
        field.Add("c", "relaxed/relaxed");
        field.AddItems("h", names);
        field.AddBase64("bh", message.Body(Canonicalization.Relaxed, null).Value);
        field.AddBase64("b", []);
        var unsigned = field.ToField();
        var covered = message.Header.Cover([.. names.Select(name => name.ToLowerInvariant())], Canonicalization.Relaxed, unsigned, unsigned);
        return DkimSigner.Complete(field, key.Key, covered.WrittenSpan[..^2]);
    }

    private static FoldedField Begin(string name, string instance, string now, DkimKey key)
    {
        var field = new FoldedField(name);
        field.Add("i", instance);
        field.Add("a", key.Key.AlgorithmName);
        field.Add("d", key.Domain.Text);
        field.Add("s", key.Selector);
        field.Add("t", now);
        return field;
    }
}
