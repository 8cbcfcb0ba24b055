// Finds out who really sent a message, by all methods at once.
using MailFunctions.Authentication.Arc;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Authentication.Dmarc;
using MailFunctions.Authentication.Spf;
using MailFunctions.Dns;

namespace MailFunctions.Authentication;

/// <summary>
/// Asks the domain name system when a message has come whole: all questions about the client, signatures and seals at once, then those about the policy of
/// the author's domain, each for no longer than a limit. Trouble is a result like any other.
/// </summary>
/// <param name="resolver">Whom to ask.</param>
/// <param name="receiver">Our host name, for explanations of SPF.</param>
/// <param name="limit">How long answers are waited for, first about what speaks for the message and then about the policy.</param>
/// <param name="time">The clock.</param>
public sealed class SenderJudgement(IResolver resolver, string receiver, TimeSpan limit, TimeProvider time)
{
    private const string Late = "answers were not to be had in time";

    private readonly SpfCheck _spf = new(resolver, receiver, time);
    private readonly DkimVerifier _dkim = new(resolver, time);
    private readonly ArcValidator _arc = new(resolver);
    private readonly DmarcCheck _dmarc = new(resolver, new TreeWalk(resolver), Random.Shared);

    /// <summary>Asks for everything that is to be known.</summary>
    /// <param name="envelope">Who brought the message.</param>
    /// <param name="digest">The message, complete.</param>
    /// <param name="fromFields">The values of its From fields, as <see cref="Mime.HeaderScan.From"/> has them.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<SenderFindings> JudgeAsync(
        SenderEnvelope envelope, MessageDigest digest, IReadOnlyList<ReadOnlyMemory<byte>> fromFields, CancellationToken cancellationToken)
    {
        var asking = InTimeAsync(token => SpfAsync(envelope, token), () => Spf(envelope, SpfResult.TempError, Late), cancellationToken);
        var verifying = InTimeAsync(
            token => _dkim.VerifyAsync(digest, token), () => [new DkimResult(DkimVerdict.TempError, null, null, Late)], cancellationToken);
        var validating = InTimeAsync(token => _arc.ValidateAsync(digest, token), () => new ArcResult(ArcVerdict.None, 0, Late) { IsTemporary = true }, cancellationToken);
        await Task.WhenAll(asking, verifying, validating);
        var (spf, dkim, arc) = (await asking, await verifying, await validating);
        // With time of its own: whoever's names answer slowly must not have the author's policy passed over.
        var dmarc = await InTimeAsync(
            token => _dmarc.CheckAsync(fromFields, envelope.Address is null ? null : spf, dkim, token),
            () => new DmarcVerdict(DmarcResult.TempError, null, DmarcPolicy.None, DmarcPolicy.None, Late), cancellationToken);
        return new SenderFindings(spf, dkim, dmarc, arc);
    }

    private Task<SpfVerdict> SpfAsync(SenderEnvelope envelope, CancellationToken cancellationToken) => envelope.Address is { } address
        ? _spf.CheckAsync(new SpfClient(address, envelope.Helo, envelope.MailFrom), cancellationToken)
        : Task.FromResult(Spf(envelope, SpfResult.None, "the client's address is not known"));

    private static SpfVerdict Spf(SenderEnvelope envelope, SpfResult result, string reason) => envelope.MailFrom.Length > 0
        ? new SpfVerdict(result, SpfIdentity.MailFrom, envelope.MailFrom[(envelope.MailFrom.LastIndexOf('@') + 1)..], reason)
        : new SpfVerdict(result, SpfIdentity.Helo, envelope.Helo, reason);

    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> ask, Func<T> late, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
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
