// Finds out who really sent a message that a stranger brings.
using MailFunctions.Authentication;
using MailFunctions.Authentication.Arc;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Authentication.Dmarc;
using MailFunctions.Authentication.Spf;
using MailFunctions.Dns;
using MailFunctions.Gateway.Smtp;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Senders;

/// <summary>
/// Asks the domain name system when a message has come whole: all questions about the client, signatures and seals at once, then those about the policy of
/// the author's domain, each for no longer than <see cref="AuthenticationOptions.Timeout"/>. Trouble is a result like any other and keeps no message from
/// being taken.
/// </summary>
internal sealed class SenderChecks(GatewayOptions options, IResolver resolver, Signatures signatures, TimeProvider time)
{
    private const string Late = "answers were not to be had in time";

    private readonly SpfCheck _spf = new(resolver, options.Hostname, time);
    private readonly DkimVerifier _dkim = new(resolver, time);
    private readonly ArcValidator _arc = new(resolver);
    private readonly DmarcCheck _dmarc = new(resolver, new TreeWalk(resolver), Random.Shared);

    /// <summary>Begins to look at a message.</summary>
    /// <param name="isStrangers">Whether it comes from somebody who has not logged in and is in no network that we trust.</param>
    /// <param name="isForwarded">Whether it is to be sent on to other systems.</param>
    public SenderEvidence Begin(bool isStrangers, bool isForwarded) => new(options.Hostname, PurposeOf(isStrangers, isForwarded));

    /// <summary>Asks for everything that is to be known of a message that has come whole.</summary>
    public async Task<SenderVerdict> JudgeAsync(SmtpSession session, MailTransaction transaction, Reception reception, CancellationToken cancellationToken)
    {
        if (reception.Evidence is not { Digest: { } digest, IsStrangers: true })
            return new SenderVerdict("", [], null);
        var asking = InTimeAsync(token => SpfAsync(session, transaction, token), () => Spf(session, transaction, SpfResult.TempError, Late), cancellationToken);
        var verifying = InTimeAsync(token => _dkim.VerifyAsync(digest, token), () => [new DkimResult(DkimVerdict.TempError, null, null, Late)], cancellationToken);
        var validating = InTimeAsync(token => _arc.ValidateAsync(digest, token), () => new ArcResult(ArcVerdict.None, 0, Late) { IsTemporary = true }, cancellationToken);
        await Task.WhenAll(asking, verifying, validating);
        var (spf, dkim, arc) = (await asking, await verifying, await validating);
        // With time of its own: whoever's names answer slowly must not have the author's policy passed over.
        var dmarc = await InTimeAsync(
            token => _dmarc.CheckAsync(reception.Header.From, session.Connection.Address is null ? null : spf, dkim, token),
            () => new DmarcVerdict(DmarcResult.TempError, null, DmarcPolicy.None, DmarcPolicy.None, Late), cancellationToken);
        List<MethodResult> results = [AuthenticationResults.Of(spf), .. dkim.Select(AuthenticationResults.Of), AuthenticationResults.Of(dmarc)];
        if (arc.Verdict != ArcVerdict.None)
            results.Add(AuthenticationResults.Of(arc));
        var refusal = options.Authentication.Mode == AuthenticationMode.Enforce && dmarc.Disposition == DmarcPolicy.Reject ? Replies.SenderRejected : null;
        var told = new AuthenticationResults(options.Hostname, results);
        var seal = refusal is null ? await signatures.SealAsync(digest, transaction, arc, told, cancellationToken) : [];
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

    // What is known of the client decides; a proxy's address would speak for all who come through it.
    private Task<SpfVerdict> SpfAsync(SmtpSession session, MailTransaction transaction, CancellationToken cancellationToken) =>
        session.Connection.Address is { } address
            ? _spf.CheckAsync(new SpfClient(address, session.Hello ?? "", transaction.ReversePath?.ToString() ?? ""), cancellationToken)
            : Task.FromResult(Spf(session, transaction, SpfResult.None, "the client's address is not known"));

    private static SpfVerdict Spf(SmtpSession session, MailTransaction transaction, SpfResult result, string reason) => transaction.ReversePath is { } sender
        ? new SpfVerdict(result, SpfIdentity.MailFrom, sender.Domain.Text, reason)
        : new SpfVerdict(result, SpfIdentity.Helo, session.Hello ?? "", reason);

    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> ask, Func<T> late, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Authentication.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await ask(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return late();
        }
    }
}
