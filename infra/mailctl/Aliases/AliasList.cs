// mailctl alias list
using System.CommandLine;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Aliases;

/// <summary>Lists the aliases.</summary>
internal sealed class AliasList() : Verb("list", "Lists the aliases and catch-alls.", "mailctl alias list --json")
{
    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken) =>
        new Answer.Done(new AliasListReport(
            await stores.Directory.Aliases.ListAsync(cancellationToken).Select(AliasView.Of).ToListAsync(cancellationToken)));
}
