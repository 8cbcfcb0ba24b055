// Gets a certificate and keeps it new: what the function app does each day, and mailctl when it is told to.
using System.Security.Cryptography.X509Certificates;

namespace MailFunctions.Acme.State;

/// <summary>What came of a renewal.</summary>
public abstract record RenewalOutcome
{
    private RenewalOutcome()
    {
    }

    /// <summary>There is a new certificate, and it is stored.</summary>
    /// <param name="Certificate">The new one.</param>
    public sealed record Renewed(CertificateFacts Certificate) : RenewalOutcome;

    /// <summary>It is not time.</summary>
    /// <param name="Certificate">What is there.</param>
    /// <param name="At">When it will be time.</param>
    /// <param name="ByAuthority">Whether the authority says so, or we count for ourselves.</param>
    public sealed record NotDue(CertificateFacts Certificate, DateTimeOffset At, bool ByAuthority) : RenewalOutcome;

    /// <summary>It did not work; what was there is there still.</summary>
    /// <param name="Trouble">Why.</param>
    public sealed record Failed(AcmeTrouble Trouble) : RenewalOutcome;
}

/// <summary>What an operator says once, when a certificate is first ordered.</summary>
/// <param name="Directory">The authority's directory.</param>
/// <param name="Names">The names, each of which <see cref="HostNames.IsValid"/> accepts.</param>
/// <param name="Agreed">Whether its terms of service are agreed to.</param>
/// <param name="Contact">An address for the authority to write to; null for none.</param>
/// <param name="External">The account that it has by other means; null for none.</param>
public sealed record CertificateWish(Uri Directory, IReadOnlyList<string> Names, bool Agreed, string? Contact, ExternalAccount? External);

/// <summary>Orders and stores. If it is killed between the two, the next run orders again.</summary>
/// <param name="store">Where certificate and account are.</param>
/// <param name="roots">Whose certificates are believed of an authority in place of the system's; null for those.</param>
/// <param name="seams">What a test replaces.</param>
public sealed class Renewal(ICertificateStore store, X509Certificate2Collection? roots, AcmeSeams seams)
{
    // How long until somebody looks again. What would become due before that is renewed now (RFC 9773 4.2).
    private static readonly TimeSpan NextLook = TimeSpan.FromDays(1);

    /// <summary>Makes an account if there is none at this authority, and orders a certificate.</summary>
    public async Task<RenewalOutcome> IssueAsync(CertificateWish wish, IChallengeSolver solver, CancellationToken cancellationToken)
    {
        try
        {
            if (wish.Names.Count is 0 or > AcmeLimits.Names || wish.Names.Any(name => !HostNames.IsValid(name)))
                throw new ArgumentException("These are no names for a certificate.", nameof(wish));
            using var client = new AcmeClient(wish.Directory, roots, seams);
            var account = await AccountAsync(client, wish, cancellationToken);
            using (account.Key)
                return await OrderAsync(client, account, solver, null, cancellationToken);
        }
        catch (AcmeException error)
        {
            return new RenewalOutcome.Failed(error.Trouble);
        }
    }

    /// <summary>Orders anew what is due.</summary>
    /// <param name="solver">Who shows the proofs.</param>
    /// <param name="force">True orders even what is not due.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<RenewalOutcome> RenewAsync(IChallengeSolver solver, bool force, CancellationToken cancellationToken)
    {
        try
        {
            var account = await StoredAccountAsync(cancellationToken);
            using (account.Key)
            {
                var current = await CurrentAsync(cancellationToken);
                using var client = new AcmeClient(account.Directory, roots, seams);
                if (!force && current is not null && current.Names.ToHashSet().SetEquals(account.Names))
                {
                    var window = await client.RenewalWindowAsync(current, cancellationToken);
                    var at = RenewalPlan.TimeOf(current, window);
                    if (seams.Clock.GetUtcNow() + NextLook < at)
                        return new RenewalOutcome.NotDue(current, at, window is not null);
                }
                return await OrderAsync(client, account, solver, current, cancellationToken);
            }
        }
        catch (AcmeException error)
        {
            return new RenewalOutcome.Failed(error.Trouble);
        }
    }

    /// <summary>The certificate that is stored; null if none is, or none that can be read.</summary>
    /// <exception cref="AcmeException">The store cannot be read.</exception>
    public async Task<CertificateFacts?> CurrentAsync(CancellationToken cancellationToken) =>
        await store.ReadAsync(StoredItem.Certificate, cancellationToken) is { } pem ? CertificateFacts.Read(pem) : null;

    /// <summary>The account that is stored.</summary>
    /// <exception cref="AcmeException">There is none that can be used.</exception>
    public async Task<AcmeAccount> StoredAccountAsync(CancellationToken cancellationToken) =>
        AcmeAccount.Read(await store.ReadAsync(StoredItem.Account, cancellationToken) ?? throw NoAccount("holds no account at an authority"))
            ?? throw NoAccount("holds an account that cannot be read");

    private async Task<AcmeAccount> AccountAsync(AcmeClient client, CertificateWish wish, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(StoredItem.Account, cancellationToken) is { } text ? AcmeAccount.Read(text) : null;
        // The key that is there is used again at the same authority, which then finds its account by it; another authority gets another key.
        var key = stored?.Directory == wish.Directory ? stored.Key : AccountKey.Create();
        switch (await client.RegisterAsync(key, wish.Agreed, wish.Contact, wish.External, cancellationToken))
        {
            case Registration.Done(var url):
                var account = new AcmeAccount(wish.Directory, url, key, wish.Names);
                // The first is kept before anything is ordered by it: each attempt that makes another counts at the authority. One that works, with the
                // names that it works for, stays until the order has succeeded.
                if (stored is null)
                    await store.WriteAsync(StoredItem.Account, account.ToJson(), cancellationToken);
                return account;
            case Registration.Failed(var trouble):
                key.Dispose();
                throw new AcmeException(trouble);
            default:
                throw new InvalidOperationException("There is no other outcome.");
        }
    }

    private async Task<RenewalOutcome> OrderAsync(
        AcmeClient client, AcmeAccount account, IChallengeSolver solver, CertificateFacts? replaces, CancellationToken cancellationToken)
    {
        switch (await client.IssueAsync(account, solver, replaces, cancellationToken))
        {
            case Issuance.Done(var certificate):
                // It is there and paid for: whoever gives up now, it is still stored. The names go first, or they would be those of before at the next renewal.
                var text = account.ToJson();
                if (await store.ReadAsync(StoredItem.Account, CancellationToken.None) != text)
                    await store.WriteAsync(StoredItem.Account, text, CancellationToken.None);
                await store.WriteAsync(StoredItem.Certificate, certificate.Pem, CancellationToken.None);
                return new RenewalOutcome.Renewed(certificate.Facts);
            case Issuance.Failed(var trouble):
                return new RenewalOutcome.Failed(trouble);
            default:
                throw new InvalidOperationException("There is no other outcome.");
        }
    }

    private AcmeException NoAccount(string what) =>
        new(AcmeTroubleKind.StateUnusable, $"{store.Place} {what}: run 'mailctl certificate issue' once, which makes one");
}
