// Keeps the certificate in the vault new: once a day.
using System.Security.Cryptography.X509Certificates;
using Azure.Core;
using Azure.Identity;
using MailFunctions.Acme;
using MailFunctions.Acme.Solvers;
using MailFunctions.Acme.State;

namespace MailFunctions.App.Pipeline;

/// <summary>What renewing works with.</summary>
/// <param name="Store">Where certificate and account are.</param>
/// <param name="Solver">Who shows the proofs.</param>
/// <param name="Roots">Whose certificates are believed of the authority; null for the system's.</param>
/// <param name="Seams">Its clock.</param>
internal sealed record CertificateParts(ICertificateStore Store, IChallengeSolver Solver, X509Certificate2Collection? Roots, AcmeSeams Seams)
{
    // Azure DNS says a record is on all its servers within a minute.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(60);

    /// <summary>Vault and zone of the settings, by this program's identity; null where the settings have none.</summary>
    public static CertificateParts? Of(AcmeOptions options, TimeProvider clock)
    {
        if (options is not { Vault: { } vault, Zone: { } zone })
            return null;
        var calls = new AzureCalls(Tokens(), null, clock); // as long as the program, like the connections in it
        return new CertificateParts(new KeyVaultSecrets(calls, vault), new AzureDnsZone(calls, zone, Settling), null, new AcmeSeams { Clock = clock });
    }

    private static AzureTokens Tokens()
    {
        var identity = new Lazy<TokenCredential>(() => new DefaultAzureCredential()); // made when it is needed: starting costs nothing
        return async (scope, cancellationToken) =>
        {
            try
            {
                return (await identity.Value.GetTokenAsync(new TokenRequestContext([scope]), cancellationToken)).Token;
            }
            catch (AuthenticationFailedException error)
            {
                throw new AcmeException(AcmeTroubleKind.Unreachable, "this program's identity gets no token", error);
            }
        };
    }
}

/// <summary>
/// Renews what is due. That it failed is told in the log and is no failure of the function: weeks are left when it begins to try, and the host's retries
/// within minutes would only use up what an authority allows.
/// </summary>
/// <param name="parts">What it works with; null does nothing.</param>
/// <param name="log">Where it tells.</param>
internal sealed class RenewCertificate(CertificateParts? parts, ILogger<RenewCertificate> log)
{
    /// <summary>Renews once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (parts is null)
            return;
        var renewal = new Renewal(parts.Store, parts.Roots, parts.Seams);
        switch (await renewal.RenewAsync(parts.Solver, force: false, cancellationToken))
        {
            case RenewalOutcome.Renewed(var certificate):
                log.CertificateRenewed(string.Join(", ", certificate.Names), certificate.Serial, certificate.NotAfter);
                break;
            case RenewalOutcome.NotDue(var certificate, var at, _):
                log.CertificateNotDue(string.Join(", ", certificate.Names), certificate.NotAfter, at);
                break;
            case RenewalOutcome.Failed(var trouble):
                log.CertificateNotRenewed(trouble.Kind.ToString(), trouble.Text);
                break;
        }
    }
}
