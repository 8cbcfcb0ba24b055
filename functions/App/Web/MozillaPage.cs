// GET /mail/config-v1.1.xml and /.well-known/autoconfig/mail/config-v1.1.xml: how Thunderbird sets an account up.
using MailFunctions.Mail;

namespace MailFunctions.App.Web;

/// <summary>
/// Answers for domains whose mailboxes are here: the address's, or the one behind <c>autoconfig.</c>. Whether there is such an account is not told.
/// </summary>
internal sealed class MozillaPage(OwnDomains domains, PublishingOptions options)
{
    private const string Prefix = "autoconfig.";

    /// <summary>Makes it.</summary>
    public async Task<Document?> FindAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (options.Hostname is not { } host)
            return null;
        var asked = context.Request.Query["emailaddress"].ToString();
        var domain = asked.Length > 0
            ? EmailAddress.TryParse(asked, out var address) ? await domains.FindAsync(address.Domain, cancellationToken) : null
            : await domains.FindByHostAsync(context.Request, Prefix, cancellationToken)
                ?? await domains.FindByHostAsync(context.Request, "", cancellationToken);
        return domain is null ? null : new Document("text/xml; charset=utf-8", ClientServers.ForMozilla(domain.Name, host));
    }
}
