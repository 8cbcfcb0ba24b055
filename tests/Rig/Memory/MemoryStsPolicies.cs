// Fetched MTA-STS policies in memory.
using System.Collections.Concurrent;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Rig.Memory;

/// <summary>Keeps policies by domain.</summary>
public sealed class MemoryStsPolicies(StoreFaults faults) : IStsPolicies
{
    private readonly ConcurrentDictionary<DomainName, KeptStsPolicy> _kept = new();

    /// <summary>What is kept.</summary>
    public IReadOnlyCollection<KeptStsPolicy> Kept => [.. _kept.Values];

    public async IAsyncEnumerable<DomainName> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var domain in await faults.CallAsync("StsPolicies.List", () => _kept.Keys.ToList(), cancellationToken))
            yield return domain;
    }

    public Task<KeptStsPolicy?> FindAsync(DomainName domain, CancellationToken cancellationToken) =>
        faults.CallAsync("StsPolicies.Find", () => _kept.GetValueOrDefault(domain), cancellationToken);

    public Task KeepAsync(KeptStsPolicy policy, CancellationToken cancellationToken) =>
        faults.CallAsync("StsPolicies.Keep", () => { _kept[policy.Domain] = policy; }, cancellationToken);
}
