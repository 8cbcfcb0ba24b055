// mailctl route remove
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Routes;

/// <summary>Lets a domain's mail take the common way again.</summary>
internal sealed class RouteRemove : Verb
{
    private readonly Argument<DomainName> _name = Operands.Domain();

    public RouteRemove()
        : base("remove", "Lets mail for a domain take the common way again.", "mailctl route remove example.net") =>
        Add(_name);

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var name = arguments.GetRequiredValue(_name);
        if (await stores.Directory.Routes.FindAsync(name, cancellationToken) is not { } route)
            return new Answer.Refused($"{name} has no route: 'mailctl route list' shows them.");
        await stores.Directory.Routes.RemoveAsync(name, cancellationToken);
        return new Answer.Done(new RouteReport("removed", RouteView.Of(route)));
    }
}
