// GET /.well-known/mta-sts.txt: the MTA-STS policy of a domain of ours.
using MailFunctions.Smtp.MtaSts;

namespace MailFunctions.App.Web;

/// <summary>
/// Answers at the host <c>mta-sts.DOMAIN</c> (RFC 8461 3.3) for domains whose mailboxes are here. Mode none is published as well: it is how a policy
/// that others know is taken back (RFC 8461 8.3).
/// </summary>
internal sealed class StsPolicyPage(OwnDomains domains, PublishingOptions options)
{
    private const string Prefix = "mta-sts.";

    /// <summary>Makes it.</summary>
    public async Task<Document?> FindAsync(HttpContext context, CancellationToken cancellationToken) =>
        options.Exchangers.Count > 0 && await domains.FindByHostAsync(context.Request, Prefix, cancellationToken) is { } domain
            ? new Document("text/plain", StsPolicy.OfOurs(domain.MtaSts, options.Exchangers).ToString())
            : null;
}
