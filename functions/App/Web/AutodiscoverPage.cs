// POST /autodiscover/autodiscover.xml: how Outlook sets an account up.
namespace MailFunctions.App.Web;

/// <summary>Answers for addresses of domains whose mailboxes are here. Whether there is such an account is not told.</summary>
internal sealed class AutodiscoverPage(OwnDomains domains, PublishingOptions options)
{
    /// <summary>Makes it.</summary>
    public async Task<Document?> FindAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (options.Hostname is not { } host)
            return null;
        var body = new byte[AutodiscoverRequest.MaxLength + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
        return AutodiscoverRequest.TryRead(body.AsMemory(0, length), out var address) && await domains.FindAsync(address.Domain, cancellationToken) is not null
            ? new Document("text/xml; charset=utf-8", ClientServers.ForOutlook(address, host))
            : null;
    }
}
