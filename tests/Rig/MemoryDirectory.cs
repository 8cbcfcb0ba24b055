// A directory that is just records, for tests that are not about storage.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Rig;

/// <summary>
/// Domains, accounts and aliases as data. Passwords cost next to nothing here. <see cref="IsDown"/> makes every answer a
/// <see cref="StoreUnavailableException"/>.
/// </summary>
public sealed class MemoryDirectory : IDirectory
{
    private readonly Dictionary<DomainName, LocalDomain> _domains = [];
    private readonly Dictionary<EmailAddress, Account> _accounts = [];
    private readonly Dictionary<AliasName, Alias> _aliases = [];
    private readonly Dictionary<DomainName, DomainRoute> _routes = [];

    /// <summary>True while storage cannot be reached.</summary>
    public bool IsDown { get; set; }

    /// <summary>How many questions were asked.</summary>
    public int Questions { get; private set; }

    /// <summary>Adds a domain.</summary>
    public MemoryDirectory Domain(string name, string postmaster, DomainKind kind = DomainKind.Local)
    {
        _domains[DomainName.Parse(name)] = new LocalDomain(DomainName.Parse(name), kind, EmailAddress.Parse(postmaster));
        return this;
    }

    /// <summary>Changes a domain.</summary>
    public MemoryDirectory Change(string name, Func<LocalDomain, LocalDomain> change)
    {
        _domains[DomainName.Parse(name)] = change(_domains[DomainName.Parse(name)]);
        return this;
    }

    /// <summary>Adds an account.</summary>
    public MemoryDirectory Account(string address, string password = "secret", DateTimeOffset? removedAt = null, int iterations = 1, long? quota = null)
    {
        _accounts[EmailAddress.Parse(address)] = new Account(EmailAddress.Parse(address), ScramVerifier.Create(password, iterations), removedAt, quota);
        return this;
    }

    /// <summary>Adds an alias, or a catch-all if the name begins with @.</summary>
    public MemoryDirectory Alias(string name, params string[] targets)
    {
        Assert.True(AliasName.TryParse(name, out var alias));
        _aliases[alias] = new Alias(alias, [.. targets.Select(EmailAddress.Parse)]);
        return this;
    }

    /// <summary>Lays down a domain's way.</summary>
    public MemoryDirectory Route(string domain, string via)
    {
        _routes[DomainName.Parse(domain)] = new DomainRoute(DomainName.Parse(domain), via);
        return this;
    }

    /// <inheritdoc/>
    public ValueTask<DomainRoute?> FindRouteAsync(DomainName name, CancellationToken cancellationToken) => Answer(_routes.GetValueOrDefault(name));

    /// <inheritdoc/>
    public ValueTask<LocalDomain?> FindDomainAsync(DomainName name, CancellationToken cancellationToken) => Answer(_domains.GetValueOrDefault(name));

    /// <inheritdoc/>
    public ValueTask<Account?> FindAccountAsync(EmailAddress address, CancellationToken cancellationToken) => Answer(_accounts.GetValueOrDefault(address));

    /// <inheritdoc/>
    public ValueTask<Alias?> FindAliasAsync(AliasName name, CancellationToken cancellationToken) => Answer(_aliases.GetValueOrDefault(name));

    private ValueTask<T?> Answer<T>(T? record)
    {
        Questions++;
        return IsDown ? throw new StoreUnavailableException("The directory is down.", null) : ValueTask.FromResult(record);
    }
}
