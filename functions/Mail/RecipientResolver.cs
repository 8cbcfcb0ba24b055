// Finds the final targets of a recipient by following accounts, aliases, role addresses and the catch-all.
using MailFunctions.Mail.Stores;

namespace MailFunctions.Mail;

/// <summary>Where mail for an address goes.</summary>
public abstract record Resolution
{
    private Resolution()
    {
    }

    /// <summary>To these targets, at least one.</summary>
    public sealed record Found(IReadOnlyList<Recipient> Recipients) : Resolution;

    /// <summary>The domain is ours and has no such address (550 5.1.1).</summary>
    public sealed record NoSuchUser : Resolution;

    /// <summary>The domain is not ours (550 5.7.1 for strangers).</summary>
    public sealed record OtherDomain : Resolution;

    /// <summary>Aliases lead in a circle, are nested too deep, or name too many targets (550 5.4.6).</summary>
    public sealed record Loop : Resolution;
}

/// <summary>
/// Resolves recipients against the directory (RFC 5321 3.9). Order for an address of a local domain: the account of that name, the alias, both again
/// without <c>+detail</c>, the domain's postmaster for <c>postmaster</c> and <c>abuse</c>, the catch-all.
/// </summary>
public sealed class RecipientResolver(IDirectory directory)
{
    private const int MaxDepth = 10;
    private const int MaxTargets = 1000;

    /// <summary>Resolves one address.</summary>
    /// <exception cref="StoreUnavailableException">The directory cannot be reached: the answer is not known (451).</exception>
    public async ValueTask<Resolution> ResolveAsync(EmailAddress address, CancellationToken cancellationToken)
    {
        var walk = new Walk(address);
        var end = await FollowAsync(address, walk, 0, cancellationToken);
        if (end is Resolution.Loop || walk.Found.Count == 0)
            return end ?? new Resolution.NoSuchUser();
        return new Resolution.Found(walk.Found);
    }

    // Adds the targets to the walk; returns null when at least this step led somewhere, else why it did not.
    private async ValueTask<Resolution?> FollowAsync(EmailAddress address, Walk walk, int depth, CancellationToken cancellationToken)
    {
        var domain = address.Domain.IsLiteral ? null : await directory.FindDomainAsync(address.Domain, cancellationToken);
        if (domain is null or { Kind: DomainKind.RelayFor })
        {
            if (depth == 0 && domain is null)
                return new Resolution.OtherDomain();
            walk.Add(address, isLocal: false);
            return null;
        }

        var (account, alias) = await FindAsync(address.Canonical, domain, cancellationToken);
        if (account is not null)
        {
            walk.Add(account.Address, isLocal: true);
            return null;
        }
        if (alias is null)
            return new Resolution.NoSuchUser();
        if (walk.WasFollowed(alias.Name))
            return null;
        if (depth == MaxDepth || !walk.Enter(alias.Name))
            return new Resolution.Loop();

        Resolution? end = new Resolution.NoSuchUser();
        foreach (var target in alias.Targets)
        {
            var step = await FollowAsync(target, walk, depth + 1, cancellationToken);
            if (step is Resolution.Loop || walk.Found.Count > MaxTargets)
                return new Resolution.Loop();
            if (step is null)
                end = null;
        }
        walk.Leave(alias.Name);
        return end;
    }

    private async ValueTask<(Account?, Alias?)> FindAsync(EmailAddress address, LocalDomain domain, CancellationToken cancellationToken)
    {
        if (await directory.FindAccountAsync(address, cancellationToken) is { RemovedAt: null } account)
            return (account, null);
        if (await directory.FindAliasAsync(AliasName.Of(address), cancellationToken) is { } alias)
            return (null, alias);

        var plus = address.LocalPart.IndexOf('+', StringComparison.Ordinal);
        if (plus > 0 && EmailAddress.TryParse($"{address.LocalPart[..plus]}@{address.Domain}", out var plain))
        {
            // RFC 5233: the part behind the plus is the user's own affair.
            if (await FindAsync(plain, domain, cancellationToken) is var found && found is not (null, null))
                return found;
        }
        if (address.LocalPart is "postmaster" or "abuse" && domain.Postmaster.Canonical != address)
            return (null, new Alias(AliasName.Of(address), [domain.Postmaster]));
        return (null, await directory.FindAliasAsync(AliasName.CatchAll(address.Domain), cancellationToken));
    }

    // What has been found and which aliases are being followed, so that a circle is seen and a diamond is not taken for one.
    private sealed class Walk(EmailAddress original)
    {
        private readonly HashSet<AliasName> _open = [];
        private readonly HashSet<AliasName> _followed = [];
        private readonly HashSet<EmailAddress> _seen = [];

        public List<Recipient> Found { get; } = [];

        public void Add(EmailAddress target, bool isLocal)
        {
            if (_seen.Add(isLocal ? target.Canonical : target))
                Found.Add(new Recipient { Target = target, Original = original, IsLocal = isLocal });
        }

        // An alias that was followed to its end need not be followed again: fans at every level would cost an exponential number of questions.
        public bool WasFollowed(AliasName name) => _followed.Contains(name);

        public bool Enter(AliasName name) => _open.Add(name);

        public void Leave(AliasName name)
        {
            _open.Remove(name);
            _followed.Add(name);
        }
    }
}
