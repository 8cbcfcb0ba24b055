// Finds out who really sent a message that a stranger brings.
using MailFunctions.Authentication;
using MailFunctions.Authentication.Arc;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Authentication.Dmarc;
using MailFunctions.Authentication.Spf;
using MailFunctions.Dns;
using MailFunctions.Gateway.Connections;
using MailFunctions.Gateway.Smtp;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Senders;

/// <summary>
/// Asks the domain name system when a message has come whole, all questions at once and for no longer than
/// <see cref="AuthenticationOptions.Timeout"/>. Trouble is a result like any other and keeps no message from being taken.
/// </summary>
internal sealed class SenderChecks(GatewayOptions options, IResolver resolver, TimeProvider time)
{
    private const string Late = "answers were not to be had in time";

    private readonly SpfCheck _spf = new(resolver, options.Hostname, time);
    private readonly DkimVerifier _dkim = new(resolver, time);
    private readonly ArcValidator _arc = new(resolver);
    private readonly DmarcCheck _dmarc = new(resolver, new TreeWalk(resolver), Random.Shared);

    /// <summary>Begins to look at a message.</summary>
    /// <param name="isStrangers">Whether it comes from somebody who has not logged in and is in no network that we trust.</param>
    public SenderEvidence Begin(bool isStrangers) =>
        new(options.Hostname, isStrangers && options.Authentication.Mode != AuthenticationMode.Off ? DigestPurpose.Verify : DigestPurpose.None);

    /// <summary>Asks for everything that is to be known of a message that has come whole.</summary>
    public async Task<SenderVerdict> JudgeAsync(SmtpSession session, MailTransaction transaction, Reception reception, CancellationToken cancellationToken)
    {
        if (reception.Evidence.Digest is not { } digest)
            return new SenderVerdict("", null);
        using var deadline = new Deadline(time);
        deadline.Start(options.Authentication.Timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);

        var asking = SpfAsync(session, transaction, either.Token);
        var dkim = InTimeAsync(_dkim.VerifyAsync(digest, either.Token), [new DkimResult(DkimVerdict.TempError, null, null, Late)], cancellationToken);
        var arc = InTimeAsync(_arc.ValidateAsync(digest, either.Token), new ArcResult(ArcVerdict.None, 0, Late), cancellationToken);
        var spf = await InTimeAsync(asking, new SpfVerdict(SpfResult.TempError, SpfIdentity.MailFrom, "", Late), cancellationToken);
        var signatures = await dkim;
        var dmarc = await InTimeAsync(
            _dmarc.CheckAsync(reception.Header.From, session.Connection.Address is null ? null : spf, signatures, either.Token),
            new DmarcVerdict(DmarcResult.TempError, null, DmarcPolicy.None, DmarcPolicy.None, Late), cancellationToken);
        List<MethodResult> results = [AuthenticationResults.Of(spf), .. signatures.Select(AuthenticationResults.Of), AuthenticationResults.Of(dmarc)];
        if (await arc is { Verdict: not ArcVerdict.None } chain)
            results.Add(AuthenticationResults.Of(chain));
        return new SenderVerdict(
            new AuthenticationResults(options.Hostname, results).ToField(),
            options.Authentication.Mode == AuthenticationMode.Enforce && dmarc.Disposition == DmarcPolicy.Reject ? Replies.SenderRejected : null);
    }

    // What is known of the client decides; a proxy's address would speak for all who come through it.
    private Task<SpfVerdict> SpfAsync(SmtpSession session, MailTransaction transaction, CancellationToken cancellationToken)
    {
        var sender = transaction.ReversePath?.ToString() ?? "";
        return session.Connection.Address is { } address
            ? _spf.CheckAsync(new SpfClient(address, session.Hello ?? "", sender), cancellationToken)
            : Task.FromResult(new SpfVerdict(SpfResult.None, SpfIdentity.MailFrom, transaction.ReversePath?.Domain.Text ?? "", "the client's address is not known"));
    }

    private static async Task<T> InTimeAsync<T>(Task<T> work, T late, CancellationToken cancellationToken)
    {
        try
        {
            return await work;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return late;
        }
    }
}
