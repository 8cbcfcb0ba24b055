// Signs messages.
using System.Globalization;
using System.Security.Cryptography;

namespace MailFunctions.Authentication.Dkim;

/// <summary>
/// Signs with DKIM (RFC 6376 5): relaxed/relaxed, all of the body, fields closed against additions. Of two keys of one domain, RSA and Ed25519, every
/// verifier knows one.
/// </summary>
public sealed class DkimSigner(TimeProvider time)
{
    /// <summary>The signatures of a message by each key, as header fields to put in front of it.</summary>
    /// <param name="message">The whole message, passed for <see cref="DigestPurpose.Sign"/>.</param>
    /// <param name="keys">The keys.</param>
    /// <returns>Empty for what is not to be signed: a message with other than one From field (RFC 6376 8.15), or with too large a header.</returns>
    public byte[] Sign(MessageDigest message, IEnumerable<DkimKey> keys)
    {
        if (message.IsTooLarge || message.Header.Named("from").Count != 1)
            return [];
        return [.. keys.SelectMany(key => Sign(message, key).Octets.ToArray())];
    }

    private RawField Sign(MessageDigest message, DkimKey key)
    {
        var names = SignedFields.ForDkim(message.Header);
        var field = new FoldedField("DKIM-Signature");
        field.Add("v", "1");
        field.Add("a", key.Key.AlgorithmName);
        field.Add("c", "relaxed/relaxed");
        field.Add("d", key.Domain.Text);
        field.Add("s", key.Selector);
        field.Add("t", time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        field.AddItems("h", names);
        field.AddBase64("bh", message.Body(Canonicalization.Relaxed, null).Value);
        field.AddBase64("b", []);
        var unsigned = field.ToField();
        var covered = message.Header.Cover([.. names.Select(name => name.ToLowerInvariant())], Canonicalization.Relaxed, unsigned, unsigned);
        return Complete(field, key.Key, covered.WrittenSpan[..^2]);
    }

    /// <summary>Puts the signature into a field that ends in an empty b=.</summary>
    internal static RawField Complete(FoldedField field, SigningKey key, ReadOnlySpan<byte> covered)
    {
        field.EndBase64(key.Sign(SHA256.HashData(covered)));
        return field.ToField();
    }
}
