// Keys that a test gives.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Rig.Memory;

/// <summary>Keys in memory.</summary>
public sealed class MemoryDkimKeys : IDkimKeys
{
    private readonly Dictionary<DomainName, DkimKeySet> _sets = [];

    /// <summary>What every question fails with, if not null.</summary>
    public StoreUnavailableException? Trouble { get; set; }

    /// <summary>Gives a domain keys.</summary>
    public MemoryDkimKeys Add(DkimKeySet set)
    {
        _sets[set.Domain] = set;
        return this;
    }

    /// <inheritdoc/>
    public ValueTask<DkimKeySet?> FindAsync(DomainName domain, CancellationToken cancellationToken) =>
        Trouble is { } trouble ? throw trouble : ValueTask.FromResult(_sets.GetValueOrDefault(domain));
}
