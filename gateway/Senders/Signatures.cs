// Signs what our users send, and seals what is forwarded.
using MailFunctions.Authentication;
using MailFunctions.Authentication.Arc;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Authentication.Dmarc;
using MailFunctions.Gateway.Smtp;
using MailFunctions.Mail.Stores;
using MailFunctions.Mime;

namespace MailFunctions.Gateway.Senders;

/// <summary>
/// Makes the fields that are put on top of a message in our name. Where the keys cannot be had for the moment the message is put off: without its
/// signature it might be refused for good elsewhere.
/// </summary>
internal sealed class Signatures(DomainKeys keys, TimeProvider time)
{
    private readonly DkimSigner _signer = new(time);
    private readonly ArcSealer _sealer = new(time);

    /// <summary>The signatures of a message whose author is one of ours; empty where his domain has no keys (RFC 6376 5).</summary>
    /// <param name="digest">The message as it came, ended.</param>
    /// <param name="header">What its header has shown.</param>
    /// <param name="missing">The fields that are put in front of it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreUnavailableException">The keys are not known.</exception>
    public async ValueTask<byte[]> SignAsync(MessageDigest digest, HeaderScan header, byte[] missing, CancellationToken cancellationToken)
    {
        if (AuthorDomains.Read(header.From) is not { Domains: [var author, ..] })
            return [];
        var signing = await keys.SigningAsync(author, cancellationToken);
        if (signing.Count == 0)
            return [];
        digest.Prepend(missing);
        return _signer.Sign(digest, signing);
    }

    /// <summary>
    /// The seal of a message that an alias sends on to other systems, in the name of the alias's domain: what we found out about its sender, for those to
    /// whom we are no stranger (RFC 8617). Empty where nobody is forwarded to or the domain has no keys.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The keys are not known.</exception>
    public async ValueTask<byte[]> SealAsync(
        MessageDigest digest, MailTransaction transaction, ArcResult chain, AuthenticationResults results, CancellationToken cancellationToken)
    {
        // A chain that could not be looked at now may be good: what we said of it could never be taken back.
        if (chain.IsTemporary || transaction.Recipients.FirstOrDefault(to => to.IsForwarded) is not { } forwarded)
            return [];
        var signing = await keys.SigningAsync(forwarded.Original.Domain, cancellationToken);
        return signing.FirstOrDefault(key => key.Key.Algorithm == SigningAlgorithm.Rsa) is { } key ? _sealer.Seal(digest, chain, results, key) : [];
    }
}
