// Finds out who really sent a message that a stranger brings.
using MailFunctions.Authentication;
using MailFunctions.Authentication.Arc;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Dns;
using MailFunctions.Gateway.Connections;

namespace MailFunctions.Gateway.Senders;

/// <summary>
/// Asks the domain name system when a message has come whole, all questions at once and for no longer than
/// <see cref="AuthenticationOptions.Timeout"/>. Trouble is a result like any other and keeps no message from being taken.
/// </summary>
internal sealed class SenderChecks(GatewayOptions options, IResolver resolver, TimeProvider time)
{
    private readonly DkimVerifier _dkim = new(resolver, time);
    private readonly ArcValidator _arc = new(resolver);

    /// <summary>Begins to look at a message.</summary>
    /// <param name="isStrangers">Whether it comes from somebody who has not logged in and is in no network that we trust.</param>
    public SenderEvidence Begin(bool isStrangers) =>
        new(options.Hostname, isStrangers && options.Authentication.Mode != AuthenticationMode.Off ? DigestPurpose.Verify : DigestPurpose.None);

    /// <summary>Asks for everything that is to be known of a message that has come whole.</summary>
    /// <returns>The field that tells it; empty where nothing was to be asked.</returns>
    public async Task<string> JudgeAsync(SenderEvidence evidence, CancellationToken cancellationToken)
    {
        if (evidence.Digest is not { } digest)
            return "";
        using var deadline = new Deadline(time);
        deadline.Start(options.Authentication.Timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var dkim = _dkim.VerifyAsync(digest, either.Token);
            var arc = _arc.ValidateAsync(digest, either.Token);
            var results = (await dkim).Select(AuthenticationResults.Of).ToList();
            if (await arc is { Verdict: not ArcVerdict.None } chain)
                results.Add(AuthenticationResults.Of(chain));
            return new AuthenticationResults(options.Hostname, results).ToField();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new AuthenticationResults(options.Hostname, [new MethodResult("dkim", "temperror") { Reason = "keys were not to be had in time" }]).ToField();
        }
    }
}
