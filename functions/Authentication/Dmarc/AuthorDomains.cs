// Who wrote a message, as far as DMARC asks.
using MailFunctions.Mail;
using MailFunctions.Mime;

namespace MailFunctions.Authentication.Dmarc;

/// <summary>The domains of a message's authors (RFC 7489 6.6.1).</summary>
/// <param name="Domains">Each once, in the order of the addresses.</param>
/// <param name="Fault">Why there are none; null if there is at least one.</param>
public readonly record struct AuthorDomains(IReadOnlyList<DomainName> Domains, string? Fault)
{
    /// <summary>Reads them out of all From fields: a reader may see any of them.</summary>
    public static AuthorDomains Read(IReadOnlyList<ReadOnlyMemory<byte>> fromFields)
    {
        if (fromFields.Count == 0)
            return new AuthorDomains([], "there is no From field");
        var domains = new List<DomainName>();
        var known = new HashSet<DomainName>();
        foreach (var field in fromFields)
        {
            if (!MailboxList.TryRead(field.Span, out var authors))
                return new AuthorDomains([], "the From field cannot be read in one way only");
            foreach (var author in authors)
            {
                if (known.Add(author.Domain))
                    domains.Add(author.Domain);
            }
        }
        return new AuthorDomains(domains, null);
    }
}
