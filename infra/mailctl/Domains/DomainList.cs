// mailctl domain list
using System.CommandLine;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Domains;

/// <summary>Lists the domains.</summary>
internal sealed class DomainList() : Verb("list", "Lists the domains.", "mailctl domain list --json")
{
    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken) =>
        new Answer.Done(new DomainListReport(
            await stores.Directory.Domains.ListAsync(cancellationToken).Select(DomainView.Of).ToListAsync(cancellationToken)));
}
