// The keys with which a domain's mail is signed, as the world is to see them.
using MailFunctions.Mail;
using MailFunctions.Mailctl.Dkim;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Dns;

/// <summary>A key as it is published.</summary>
/// <param name="Selector">What stands before <c>._domainkey</c>.</param>
/// <param name="Text">The record's text (RFC 6376 3.6.1).</param>
internal readonly record struct DkimRecord(string Selector, string Text)
{
    /// <summary>
    /// Those of a domain's keys, also of one that does not sign yet, which is to be known before it does, and of one that signs no more, for mail that is
    /// under way. A key that cannot be read has no record: <c>mailctl dkim list</c> tells of it. None where nothing is signed.
    /// </summary>
    public static async Task<IReadOnlyList<DkimRecord>> OfAsync(DomainName domain, MailStores stores, CancellationToken cancellationToken) =>
        await stores.DkimKeys.FindAsync(domain, cancellationToken) is { } set
            ? [.. set.Keys.Select(key => KeyPairs.ViewOf(domain, key)).Where(key => key.Text is not null).Select(key => new DkimRecord(key.Selector, key.Text!))]
            : [];
}
