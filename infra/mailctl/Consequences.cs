// What a planned removal would break.
using System.Runtime.CompilerServices;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl;

/// <summary>
/// Compares where addresses lead before and after a removal. Only what works now and would not work then counts: what is broken already is no reason
/// to refuse.
/// </summary>
internal sealed class Consequences(BlobDirectory directory, PlannedDirectory planned)
{
    private readonly RecipientResolver _before = new(directory);
    private readonly RecipientResolver _after = new(planned);

    /// <summary>The first domain that would lose its postmaster, and the address that would lead nowhere; null if there is none.</summary>
    /// <param name="named">The name that is to be removed: a domain that names it as its postmaster counts even if a catch-all would step in.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(DomainName Domain, EmailAddress Address)?> FindLostPostmasterAsync(AliasName named, CancellationToken cancellationToken)
    {
        await foreach (var domain in directory.Domains.ListAsync(cancellationToken))
        {
            if (AliasName.Of(domain.Postmaster) == named)
                return (domain.Name, domain.Postmaster);
            // RFC 5321 4.5.1, RFC 2142 5: these two are there for every domain that receives mail.
            EmailAddress[] duties = [domain.Postmaster, EmailAddress.Parse($"postmaster@{domain.Name}"), EmailAddress.Parse($"abuse@{domain.Name}")];
            foreach (var duty in duties)
            {
                if (await IsLostAsync(duty, cancellationToken))
                    return (domain.Name, duty);
            }
        }
        return null;
    }

    /// <summary>A warning for each target of an alias that would lead nowhere.</summary>
    public async IAsyncEnumerable<string> FindLostTargetsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var alias in directory.Aliases.ListAsync(cancellationToken))
        {
            foreach (var target in alias.Targets)
            {
                if (alias.Name != planned.WithoutAlias && await IsLostAsync(target, cancellationToken))
                    yield return $"the alias {alias.Name} still names {target}, which leads nowhere now.";
            }
        }
    }

    private async ValueTask<bool> IsLostAsync(EmailAddress address, CancellationToken cancellationToken) =>
        await _before.ResolveAsync(address, cancellationToken) is Resolution.Found
        && await _after.ResolveAsync(address, cancellationToken) is Resolution.NoSuchUser;
}
