// mailctl route list
using System.CommandLine;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Routes;

/// <summary>Lists the routes.</summary>
internal sealed class RouteList() : Verb("list", "Lists the domains whose mail takes a way of its own.", "mailctl route list --json")
{
    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken) =>
        new Answer.Done(new RouteListReport(
            await stores.Directory.Routes.ListAsync(cancellationToken).Select(RouteView.Of).ToListAsync(cancellationToken)));
}
