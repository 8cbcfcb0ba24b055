// The seam to whatever keeps the keys with which mail is signed.
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Dns;

/// <summary>A key as it is published.</summary>
/// <param name="Selector">What stands before <c>._domainkey</c>.</param>
/// <param name="Text">The record's text (RFC 6376 3.6.1).</param>
internal readonly record struct DkimRecord(string Selector, string Text);

/// <summary>Knows the keys that are to be published for a domain.</summary>
internal interface IDkimRecords
{
    /// <summary>Those of a domain; none where nothing is signed.</summary>
    Task<IReadOnlyList<DkimRecord>> OfAsync(DomainName domain, MailStores stores, CancellationToken cancellationToken);
}

/// <summary>No keys: nothing is signed.</summary>
internal sealed class NoDkimRecords : IDkimRecords
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<DkimRecord>> OfAsync(DomainName domain, MailStores stores, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DkimRecord>>([]);
}
