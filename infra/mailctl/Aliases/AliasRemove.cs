// mailctl alias remove
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Aliases;

/// <summary>Removes an alias that no postmaster depends on.</summary>
internal sealed class AliasRemove : Verb
{
    private readonly Argument<AliasName> _name = Operands.Alias();

    public AliasRemove()
        : base("remove", "Removes an alias or catch-all.", "mailctl alias remove sales@example.org") =>
        Add(_name);

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var name = arguments.GetRequiredValue(_name);
        if (await stores.Directory.FindAliasAsync(name, cancellationToken) is not { } alias)
            return new Answer.Refused($"there is no alias {name}: 'mailctl alias list' shows them.");

        var consequences = new Consequences(stores.Directory, new PlannedDirectory(stores.Directory) { WithoutAlias = name });
        if (await consequences.FindLostPostmasterAsync(name, cancellationToken) is var (domain, address))
        {
            return new Answer.Refused(
                $"without {name} mail for {address} would lead nowhere: "
                + $"name another postmaster first by 'mailctl domain set {domain} --postmaster ADDRESS'.");
        }
        var warnings = await consequences.FindLostTargetsAsync(cancellationToken).ToListAsync(cancellationToken);
        await stores.Directory.Aliases.RemoveAsync(name, cancellationToken);
        return new Answer.Done(new AliasReport("removed", AliasView.Of(alias)), warnings);
    }
}
