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
internal sealed class SenderChecks(GatewayOptions options, IResolver resolver, TimeProvider time)
{
    private readonly SenderJudgement _judgement = new(resolver, options.Hostname, options.Authentication.Timeout, time);

    /// <summary>Begins to look at a message.</summary>
    /// <param name="isStrangers">Whether it comes from somebody who has not logged in and is in no network that we trust.</param>
    public SenderEvidence Begin(bool isStrangers) =>
        new(options.Hostname, isStrangers && options.Authentication.Mode != AuthenticationMode.Off ? DigestPurpose.Verify : DigestPurpose.None);

    /// <summary>Asks for everything that is to be known of a message that has come whole.</summary>
    public async Task<SenderVerdict> JudgeAsync(SmtpSession session, MailTransaction transaction, Reception reception, CancellationToken cancellationToken)
    {
        if (reception.Evidence.Digest is not { } digest)
            return new SenderVerdict("", null);
        // What is known of the client decides; a proxy's address would speak for all who come through it.
        var envelope = new SenderEnvelope(session.Connection.Address, session.Hello ?? "", transaction.ReversePath?.ToString() ?? "");
        var findings = await _judgement.JudgeAsync(envelope, digest, reception.Header.From, cancellationToken);
        return new SenderVerdict(
            findings.ToResults(options.Hostname).ToField(),
            options.Authentication.Mode == AuthenticationMode.Enforce && findings.Dmarc.Disposition == DmarcPolicy.Reject ? Replies.SenderRejected : null);
    }
}
