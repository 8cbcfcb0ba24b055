// Checks a signature with the key that its domain publishes.
using System.Security.Cryptography;
using MailFunctions.Dns;
using MailFunctions.Dns.Records;

namespace MailFunctions.Authentication.Dkim;

/// <summary>Fetches keys and checks with them (RFC 6376 6.1.2, 6.1.3).</summary>
internal sealed class SignatureCheck(IResolver resolver)
{
    /// <summary>Checks a signature that has no fault.</summary>
    /// <param name="signature">The signature.</param>
    /// <param name="signed">What it was made over.</param>
    /// <param name="cancellationToken">Ends the waiting for the key.</param>
    public async Task<SignatureOutcome> CheckAsync(Signature signature, ReadOnlyMemory<byte> signed, CancellationToken cancellationToken)
    {
        // A selector and a domain may together be longer than a name can be.
        if (!DnsName.TryParse(signature.KeyName, out var name))
            return SignatureOutcome.PermError("there is no key");
        var answer = await resolver.QueryAsync<TxtRecord>(name, cancellationToken);
        return answer switch
        {
            Answer<TxtRecord>.Found found => Check(signature, found.Records, signed.Span),
            Answer<TxtRecord>.Unavailable => new SignatureOutcome(DkimVerdict.TempError, "the key could not be fetched"),
            _ => SignatureOutcome.PermError("there is no key"),
        };
    }

    private static SignatureOutcome Check(Signature signature, IReadOnlyList<TxtRecord> records, ReadOnlySpan<byte> signed)
    {
        KeyRecord? key = null;
        foreach (var record in records)
        {
            // Text that is no key record may stand beside it. Of two keys none is known to be the one (RFC 6376 3.6.2.2).
            if (!KeyRecord.TryParse(record.Octets, out var parsed))
                continue;
            if (key is not null)
                return SignatureOutcome.PermError("there is more than one key");
            key = parsed;
        }
        if (key is null)
            return SignatureOutcome.PermError("the key record is malformed");
        var outcome = Fault(signature, key) ?? PublicKey.Verify(signature.Algorithm, key.Key!, SHA256.HashData(signed), signature.Value);
        return outcome with { IsTesting = key.IsTesting };
    }

    private static SignatureOutcome? Fault(Signature signature, KeyRecord key) => key switch
    {
        { Key: null } => SignatureOutcome.PermError("the key is no base64"),
        { Key.Length: 0 } => SignatureOutcome.PermError("the key is revoked"),
        { AcceptsSha256: false } => SignatureOutcome.PermError("the key is for other hashes"),
        { IsForMail: false } => SignatureOutcome.PermError("the key is for other services"),
        { IsStrict: true } when signature.Identity is { } identity && identity != signature.Domain => SignatureOutcome.PermError("the key wants i= to be at d="),
        _ when key.Type != (signature.Algorithm == SigningAlgorithm.Rsa ? "rsa" : "ed25519") => SignatureOutcome.PermError("the key is for another algorithm"),
        _ => null,
    };
}
