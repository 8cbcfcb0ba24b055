// Finds out who really sent a message that a stranger brings.
using MailFunctions.Authentication;
using MailFunctions.Authentication.Dmarc;
using MailFunctions.Dns;
using MailFunctions.Gateway.Smtp;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Senders;

/// <summary>
/// Has a message judged when it has come whole, for no longer than <see cref="AuthenticationOptions.Timeout"/> allows. Trouble is a result like any other and
/// keeps no message from being taken.
/// </summary>
internal sealed class SenderChecks(GatewayOptions options, IResolver resolver, Signatures signatures, TimeProvider time)
{
    private readonly SenderJudgement _judgement = new(resolver, options.Hostname, options.Authentication.Timeout, time);

    /// <summary>Begins to look at a message.</summary>
    /// <param name="isStrangers">Whether it comes from somebody who has not logged in and is in no network that we trust.</param>
    /// <param name="isForwarded">Whether it is to be sent on to other systems.</param>
    public SenderEvidence Begin(bool isStrangers, bool isForwarded) => new(options.Hostname, PurposeOf(isStrangers, isForwarded));

    /// <summary>Asks for everything that is to be known of a message that has come whole.</summary>
    public async Task<SenderVerdict> JudgeAsync(SmtpSession session, MailTransaction transaction, Reception reception, CancellationToken cancellationToken)
    {
        if (reception.Evidence is not { Digest: { } digest, IsStrangers: true })
            return new SenderVerdict("", [], null);
        // What is known of the client decides; a proxy's address would speak for all who come through it.
        var envelope = new SenderEnvelope(session.Connection.Address, session.Hello ?? "", transaction.ReversePath?.ToString() ?? "");
        var findings = await _judgement.JudgeAsync(envelope, digest, reception.Header.From, cancellationToken);
        var refusal = options.Authentication.Mode == AuthenticationMode.Enforce && findings.Dmarc.Disposition == DmarcPolicy.Reject ? Replies.SenderRejected : null;
        var told = findings.ToResults(options.Hostname);
        var seal = refusal is null ? await signatures.SealAsync(digest, transaction, findings.Arc, told, cancellationToken) : [];
        return new SenderVerdict(told.ToField(), seal, refusal);
    }

    // A user's message is signed, a stranger's is checked, and sealed if it is sent on.
    private DigestPurpose PurposeOf(bool isStrangers, bool isForwarded)
    {
        if (!isStrangers)
            return DigestPurpose.Sign;
        if (options.Authentication.Mode == AuthenticationMode.Off)
            return DigestPurpose.None;
        return isForwarded ? DigestPurpose.Verify | DigestPurpose.Sign : DigestPurpose.Verify;
    }
}
