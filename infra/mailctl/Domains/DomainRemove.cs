// mailctl domain remove
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Domains;

/// <summary>Removes a domain that nothing belongs to any more.</summary>
internal sealed class DomainRemove : Verb
{
    private const int NamesTold = 5;

    private readonly Argument<DomainName> _name = Operands.Domain();

    public DomainRemove()
        : base("remove", "Removes a domain. Its accounts and aliases must have been removed before.", "mailctl domain remove example.org") =>
        Add(_name);

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var name = arguments.GetRequiredValue(_name);
        if (await stores.Directory.FindDomainAsync(name, cancellationToken) is not { } domain)
            return new Answer.Refused($"{name} is no domain of ours: 'mailctl domain list' shows them.");
        if (await FindObstacleAsync(name, domain.Postmaster, stores, cancellationToken) is { } obstacle)
            return new Answer.Refused(obstacle);

        await stores.Directory.Domains.RemoveAsync(name, cancellationToken);
        var warnings = await FindStrangersAsync(name, stores, cancellationToken);
        if (await stores.DkimKeys.Sets.RemoveAsync(name, cancellationToken))
            warnings = [.. warnings, $"the keys of {name} are removed too: take their records out of DNS in a week."];
        return new Answer.Done(new DomainReport("removed", DomainView.Of(domain)), warnings);
    }

    private static async Task<string?> FindObstacleAsync(
        DomainName name, EmailAddress postmaster, MailStores stores, CancellationToken cancellationToken)
    {
        var accounts = await stores.Directory.Accounts.ListAsync(cancellationToken)
            .Where(account => account.Address.Domain == name).ToListAsync(cancellationToken);
        var inUse = accounts.Where(account => account.RemovedAt is null).Select(account => account.Address.ToString()).ToList();
        var aliases = await stores.Directory.Aliases.ListAsync(cancellationToken)
            .Where(alias => alias.Name.Domain == name).Select(alias => alias.Name.ToString()).ToListAsync(cancellationToken);
        if (inUse.Count > 0 && postmaster.Domain == name)
        {
            return $"{name} still has {Tell("account", inUse)}: remove what is listed, having first named a postmaster at another domain "
                + $"by 'mailctl domain set {name} --postmaster ADDRESS'.";
        }
        if (inUse.Count > 0 || aliases.Count > 0)
        {
            var what = ((string[])[Tell("account", inUse), Tell("alias", aliases)]).Where(text => text.Length > 0);
            return $"{name} still has {string.Join(" and ", what)}: remove them first.";
        }
        foreach (var account in accounts)
        {
            if (await stores.Mailboxes.ListAsync(account.Address, cancellationToken).AnyAsync(entry => !entry.IsTombstone, cancellationToken))
            {
                return $"the removed account {account.Address} still has mail: "
                    + $"'mailctl account remove {account.Address} --export FOLDER' saves it to a file and empties the mailbox.";
            }
        }
        return null;
    }

    // Once the domain is not ours, an address in it is one elsewhere, and mail for it would leave.
    private static async Task<IReadOnlyList<string>> FindStrangersAsync(DomainName name, MailStores stores, CancellationToken cancellationToken)
    {
        var warnings = await stores.Directory.Aliases.ListAsync(cancellationToken)
            .SelectMany(alias => alias.Targets.Where(target => target.Domain == name)
                .Select(target => $"the alias {alias.Name} still names {target}, which is an address elsewhere now."))
            .ToListAsync(cancellationToken);
        warnings.AddRange(await stores.Directory.Domains.ListAsync(cancellationToken)
            .Where(domain => domain.Postmaster.Domain == name)
            .Select(domain => $"the postmaster of {domain.Name} is still {domain.Postmaster}, which is an address elsewhere now.")
            .ToListAsync(cancellationToken));
        return warnings;
    }

    private static string Tell(string noun, List<string> names) => names.Count switch
    {
        0 => "",
        1 => $"the {noun} {names[0]}",
        <= NamesTold => $"the {Plural(noun)} {string.Join(", ", names)}",
        _ => $"{names.Count} {Plural(noun)} ({string.Join(", ", names.Take(NamesTold))}, ...)",
    };

    private static string Plural(string noun) => noun.EndsWith('s') ? $"{noun}es" : $"{noun}s";
}
