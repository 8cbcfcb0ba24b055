// What a domain publishes about DMARC.
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Mail;

namespace MailFunctions.Authentication.Dmarc;

/// <summary>The record at one domain, without a look at the domains above it.</summary>
/// <param name="Record">The record; null if there is none, or more than one (RFC 9989 4.10), or it is not known.</param>
/// <param name="IsKnown">False if nothing could be learned for now.</param>
internal readonly record struct Publication(DmarcRecord? Record, bool IsKnown)
{
    /// <summary>Asks for the record of a domain.</summary>
    public static async Task<Publication> FindAsync(IResolver resolver, DomainName domain, CancellationToken cancellationToken)
    {
        if (!DnsName.TryParse(domain.Text, out var above) || !above.TryPrepend("_dmarc", out var name))
            return new Publication(null, IsKnown: true); // a name that is too long for any zone
        var answer = await resolver.QueryAsync<TxtRecord>(name, cancellationToken);
        if (answer is Answer<TxtRecord>.Unavailable)
            return new Publication(null, IsKnown: false);
        string? only = null;
        foreach (var record in answer is Answer<TxtRecord>.Found found ? found.Records : [])
        {
            var text = record.Text;
            if (!DmarcRecord.IsOne(text))
                continue;
            if (only is not null)
                return new Publication(null, IsKnown: true);
            only = text;
        }
        return new Publication(DmarcRecord.TryParse(only, out var read) ? read : null, IsKnown: true);
    }
}
