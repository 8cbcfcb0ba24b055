// Decides whether mail for a domain goes to its exchangers or to a smarthost, and to which.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Smtp.MtaSts;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>Who takes the mail for a domain, and what is demanded of them.</summary>
/// <param name="Smarthost">The smarthost, or null for the domain's exchangers.</param>
/// <param name="Missing">The name of a smarthost that the directory names and the configuration does not; null as a rule.</param>
/// <param name="Policy">The MTA-STS policy that is in force for the domain's exchangers; null if none is.</param>
internal readonly record struct Taker(SmarthostOptions? Smarthost, string? Missing = null, StsPolicy? Policy = null)
{
    /// <summary>Whether mail goes to hosts that the policy names, under TLS with a good certificate, or not at all (RFC 8461 5).</summary>
    public bool IsEnforced => Policy?.Mode == StsMode.Enforce;

    /// <summary>Whether an exchanger may be used.</summary>
    public bool Allows(string host) => !IsEnforced || Policy!.Allows(host);

    /// <summary>What breaker and places are named by.</summary>
    public string SiteFor(string destination) => Smarthost?.Site ?? destination;
}

/// <summary>
/// Follows the operator's routes, and then the rule. A route to a smarthost that is not configured holds the mail: it was laid down so that it takes no
/// other way.
/// </summary>
internal sealed class SmarthostChoice(IDirectory directory, RelayOptions options)
{
    /// <summary>Who takes mail for a domain.</summary>
    /// <exception cref="StoreUnavailableException">The directory cannot be reached.</exception>
    public async ValueTask<Taker> ForAsync(DomainName domain, CancellationToken cancellationToken)
    {
        if (domain.IsLiteral)
            return new Taker(options.Smarthost);
        if (await directory.FindRouteAsync(domain, cancellationToken) is { } route)
        {
            return route.Via == DomainRoute.Exchangers ? default
                : options.Smarthosts.TryGetValue(route.Via, out var named) ? new Taker(named) : new Taker(null, route.Via);
        }
        // Mail that we hold for a domain as its backup goes to the better exchangers: a smarthost would find us among them and send it back.
        return options.Smarthost is null || await directory.FindDomainAsync(domain, cancellationToken) is { Kind: DomainKind.RelayFor }
            ? default
            : new Taker(options.Smarthost);
    }
}
