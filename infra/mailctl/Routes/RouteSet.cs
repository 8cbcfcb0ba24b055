// mailctl route set
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Routes;

/// <summary>Sends the mail for a domain by a smarthost of the configuration, or past it.</summary>
internal sealed class RouteSet : Verb
{
    private readonly Argument<DomainName> _name = Operands.Domain();
    private readonly Option<string> _via = new("--via")
    {
        Description = $"The name of a smarthost in the function app's settings (Mail:Smarthosts:NAME), or '{DomainRoute.Exchangers}' for the domain's own exchangers.",
        HelpName = "NAME",
        Required = true,
    };

    public RouteSet()
        : base("set", "Says which way mail for a domain takes.", "mailctl route set example.net --via office")
    {
        _via.Validators.Add(result =>
        {
            if (result.GetValue(_via) is { } text && !DomainRoute.IsName(text))
                result.AddError($"'{text}' is no name of a smarthost: give lower-case letters, digits and hyphens, or '{DomainRoute.Exchangers}'.");
        });
        Add(_name);
        Add(_via);
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var route = new DomainRoute(arguments.GetRequiredValue(_name), arguments.GetRequiredValue(_via));
        if (await stores.Directory.FindDomainAsync(route.Name, cancellationToken) is { Kind: DomainKind.Local })
            return new Answer.Refused($"{route.Name} is a domain of ours: its mail stays here.");
        await stores.Directory.Routes.PutAsync(route, cancellationToken);
        return new Answer.Done(new RouteReport("set", RouteView.Of(route)));
    }
}
