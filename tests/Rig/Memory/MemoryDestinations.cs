// Open breakers in memory.
using MailFunctions.Mail.Stores;

namespace MailFunctions.Rig.Memory;

/// <summary>Keeps breakers by destination.</summary>
public sealed class MemoryDestinations(StoreFaults faults) : IDestinations
{
    private readonly SortedDictionary<string, OpenBreaker> _open = new(StringComparer.Ordinal);

    /// <summary>The breakers that are open.</summary>
    public IReadOnlyList<OpenBreaker> Open => [.. _open.Values];

    public async IAsyncEnumerable<OpenBreaker> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var breaker in await faults.CallAsync("Destinations.List", () => _open.Values.ToList(), cancellationToken))
            yield return breaker;
    }

    public Task<string?> OpenAsync(string destination, DateTimeOffset until, int failures, string? seen, CancellationToken cancellationToken) =>
        faults.CallAsync("Destinations.Open", () => Replace(new OpenBreaker(destination, until, failures, ""), seen), cancellationToken);

    public Task<string?> ProbeAsync(OpenBreaker breaker, DateTimeOffset until, CancellationToken cancellationToken) =>
        faults.CallAsync("Destinations.Probe", () => Replace(breaker with { Until = until, IsProbed = true }, breaker.Tag), cancellationToken);

    public Task CloseAsync(string destination, CancellationToken cancellationToken) =>
        faults.CallAsync("Destinations.Close", () => { _open.Remove(destination); }, cancellationToken);

    private string? Replace(OpenBreaker breaker, string? seen)
    {
        if (_open.GetValueOrDefault(breaker.Destination)?.Tag != seen)
            return null;
        var tag = Guid.NewGuid().ToString();
        _open[breaker.Destination] = breaker with { Tag = tag };
        return tag;
    }
}
