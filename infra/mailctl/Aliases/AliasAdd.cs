// mailctl alias add
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Aliases;

/// <summary>Adds an alias, having followed it to its end as the gateway will.</summary>
internal sealed class AliasAdd : Verb
{
    private readonly Argument<AliasName> _name = Operands.Alias();
    private readonly Argument<EmailAddress[]> _targets = Operands.Targets();

    public AliasAdd()
        : base("add", "Adds an alias, or a catch-all as @domain.", "mailctl alias add sales@example.org alice@example.org bob@elsewhere.example")
    {
        Add(_name);
        Add(_targets);
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var alias = new Alias(arguments.GetRequiredValue(_name), arguments.GetRequiredValue(_targets));
        if (await FindObstacleAsync(alias, stores.Directory, cancellationToken) is { } obstacle)
            return new Answer.Refused(obstacle);
        return await stores.Directory.Aliases.AddAsync(alias, cancellationToken)
            ? new Answer.Done(new AliasReport("added", AliasView.Of(alias)))
            : new Answer.Refused($"the alias {alias.Name} exists already: 'mailctl alias remove {alias.Name}' makes room for another.");
    }

    private static async Task<string?> FindObstacleAsync(Alias alias, BlobDirectory directory, CancellationToken cancellationToken)
    {
        var name = alias.Name;
        switch (await directory.FindDomainAsync(name.Domain, cancellationToken))
        {
            case null:
                return $"{name.Domain} is no domain of ours: 'mailctl domain add {name.Domain} --postmaster ADDRESS' makes it one.";
            case { Kind: DomainKind.RelayFor }:
                return $"{name.Domain} is a domain that we only relay for; its addresses are kept elsewhere.";
        }

        // A name that only a quoted string can spell is not looked up: nothing but the number of nested aliases would be missed.
        var isAddress = EmailAddress.TryParse(name.ToString(), out var address);
        if (isAddress && await directory.FindAccountAsync(address, cancellationToken) is { RemovedAt: null })
            return $"{name} is an account, which would keep all the mail: name the alias otherwise.";

        var resolver = new RecipientResolver(new PlannedDirectory(directory) { WithAlias = alias });
        foreach (var target in alias.Targets)
        {
            switch (await resolver.ResolveAsync(target, cancellationToken))
            {
                case Resolution.NoSuchUser:
                    return $"{target} leads nowhere: there is neither an account nor an alias of that name.";
                case Resolution.Loop:
                    return $"{target} leads back to {name}, or through too many aliases: see 'mailctl alias list'.";
            }
        }
        return isAddress && await resolver.ResolveAsync(address, cancellationToken) is Resolution.Loop
            ? $"{name} would lead through too many aliases or to too many targets."
            : null;
    }
}
