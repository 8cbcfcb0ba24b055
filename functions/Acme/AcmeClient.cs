// The client of an authority (RFC 8555): accounts, certificates, and when to renew them (RFC 9773).
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace MailFunctions.Acme;

/// <summary>What came of asking for an account.</summary>
public abstract record Registration
{
    private Registration()
    {
    }

    /// <summary>There is one.</summary>
    /// <param name="Url">Its address.</param>
    public sealed record Done(Uri Url) : Registration;

    /// <summary>There is none.</summary>
    /// <param name="Trouble">Why.</param>
    public sealed record Failed(AcmeTrouble Trouble) : Registration;
}

/// <summary>What came of an order.</summary>
public abstract record Issuance
{
    private Issuance()
    {
    }

    /// <summary>A certificate.</summary>
    /// <param name="Certificate">The certificate, checked.</param>
    public sealed record Done(IssuedCertificate Certificate) : Issuance;

    /// <summary>None.</summary>
    /// <param name="Trouble">Why.</param>
    public sealed record Failed(AcmeTrouble Trouble) : Issuance;
}

/// <summary>
/// Speaks with one authority over https. One call at a time. Nothing is tried twice but a request whose nonce was not taken: a renewal begins weeks before
/// it is needed, and tomorrow is another day.
/// </summary>
public sealed class AcmeClient : IDisposable
{
    private readonly BoundedHttp _http;
    private readonly AcmeTransport _transport;
    private readonly AcmeSeams _seams;

    /// <summary>Makes one.</summary>
    /// <param name="directory">The authority's directory.</param>
    /// <param name="roots">Whose certificates are believed in place of the system's authorities; null for those.</param>
    /// <param name="seams">What a test replaces; null for none.</param>
    public AcmeClient(Uri directory, X509Certificate2Collection? roots = null, AcmeSeams? seams = null)
    {
        _seams = seams ?? new AcmeSeams();
        _http = BoundedHttp.Trusting(roots, _seams.Clock);
        _transport = new AcmeTransport(_http, directory);
    }

    /// <summary>Asks for an account; with a key that has one already, for that (RFC 8555 7.3).</summary>
    /// <param name="key">The account's key.</param>
    /// <param name="agreed">Whether the operator agrees to the authority's terms of service, if it has any.</param>
    /// <param name="contact">An address for the authority to write to; null for none.</param>
    /// <param name="external">The account that the authority has by other means; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Registration> RegisterAsync(
        AccountKey key, bool agreed, string? contact, ExternalAccount? external, CancellationToken cancellationToken)
    {
        try
        {
            var directory = await _transport.DirectoryAsync(cancellationToken);
            if (directory.Terms is { } terms && !agreed)
                throw new AcmeException(AcmeTroubleKind.Refused, $"the authority has terms of service, to which you must agree: {Problems.Clean(terms)}");
            if (directory.RequiresExternalAccount && external is null)
                throw new AcmeException(AcmeTroubleKind.Refused, "the authority wants the key of an account that you have there (external account binding)");
            JsonElement? binding = external is null ? null : JsonElement.Parse(Jws.Bind(key, external, directory.NewAccount));
            var wish = new NewAccountJson(agreed, contact is null ? null : [$"mailto:{contact}"], binding);
            var answer = await _transport.PostAsync(
                directory.NewAccount, key, null, JsonSerializer.SerializeToUtf8Bytes(wish, AcmeJson.Default.NewAccountJson), cancellationToken);
            var account = AcmeTransport.Read(answer, AcmeJson.Default.AccountAnswerJson, "account");
            return account.Status == "valid"
                ? new Registration.Done(BoundedHttp.Https(answer.Location, "the account's address"))
                : throw new AcmeException(AcmeTroubleKind.Refused, $"the account is '{Problems.Clean(account.Status ?? "")}' and not valid");
        }
        catch (AcmeException error)
        {
            return new Registration.Failed(error.Trouble);
        }
    }

    /// <summary>Orders a certificate for the account's names, with a new key.</summary>
    /// <param name="account">The account.</param>
    /// <param name="solver">Who shows the proofs.</param>
    /// <param name="replaces">The certificate that this one replaces (RFC 9773 5); null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Issuance> IssueAsync(AcmeAccount account, IChallengeSolver solver, CertificateFacts? replaces, CancellationToken cancellationToken)
    {
        try
        {
            return new Issuance.Done(await new OrderRun(_transport, account, solver, _seams).RunAsync(account.Names, replaces?.RenewalId, cancellationToken));
        }
        catch (AcmeException error)
        {
            return new Issuance.Failed(error.Trouble);
        }
    }

    /// <summary>When the authority wants a certificate renewed (RFC 9773 4).</summary>
    /// <returns>Null if it does not tell; that is a reason to count for oneself, and none to fail.</returns>
    public async Task<RenewalWindow?> RenewalWindowAsync(CertificateFacts certificate, CancellationToken cancellationToken)
    {
        try
        {
            var directory = await _transport.DirectoryAsync(cancellationToken);
            if (directory.RenewalInfo is not { } url || certificate.RenewalId is not { } id)
                return null;
            var answer = await _transport.GetAsync(new Uri($"{url.AbsoluteUri.TrimEnd('/')}/{id}"), cancellationToken);
            return AcmeTransport.Read(answer, AcmeJson.Default.RenewalInfoJson, "renewal window").SuggestedWindow is { } window && window.Start < window.End
                ? new RenewalWindow(window.Start, window.End)
                : null;
        }
        catch (AcmeException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
