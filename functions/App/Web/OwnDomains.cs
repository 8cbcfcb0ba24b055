// Which domain of ours a request from the web is about.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.App.Web;

/// <summary>
/// Finds domains by the name of the host that was asked. The Functions host's proxy may put its own name in Host, and then tells the one that was asked
/// for in X-Forwarded-Host. Who forges it learns what he could have asked for.
/// </summary>
internal sealed class OwnDomains(IDirectory directory)
{
    private const string ForwardedHost = "X-Forwarded-Host";

    /// <summary>The domain whose name stands behind a prefix in the name of the host.</summary>
    /// <param name="request">The request.</param>
    /// <param name="prefix">What the host is called before the domain, with its dot.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Null if there is no such domain whose mailboxes are here.</returns>
    /// <exception cref="StoreUnavailableException">The directory cannot be reached.</exception>
    public async ValueTask<LocalDomain?> FindByHostAsync(HttpRequest request, string prefix, CancellationToken cancellationToken)
    {
        foreach (var host in request.Headers[ForwardedHost].Append(request.Headers.Host.ToString()))
        {
            var name = HostString.FromUriComponent(host?.Split(',')[0].Trim() ?? "").Host;
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && DomainName.TryParse(name.AsSpan(prefix.Length), out var domain)
                && await FindAsync(domain, cancellationToken) is { } found)
                return found;
        }
        return null;
    }

    /// <summary>The domain, if it is one whose mailboxes are here.</summary>
    /// <exception cref="StoreUnavailableException">The directory cannot be reached.</exception>
    public async ValueTask<LocalDomain?> FindAsync(DomainName domain, CancellationToken cancellationToken) =>
        !domain.IsLiteral && await directory.FindDomainAsync(domain, cancellationToken) is { Kind: DomainKind.Local } found ? found : null;
}
