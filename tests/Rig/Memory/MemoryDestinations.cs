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
        faults.CallAsync<string?>(
            "Destinations.Open",
            () =>
            {
                if (_open.GetValueOrDefault(destination)?.Tag != seen)
                    return null;
                var breaker = new OpenBreaker(destination, until, failures, Guid.NewGuid().ToString());
                _open[destination] = breaker;
                return breaker.Tag;
            },
            cancellationToken);

    public Task CloseAsync(string destination, CancellationToken cancellationToken) =>
        faults.CallAsync("Destinations.Close", () => { _open.Remove(destination); }, cancellationToken);
}
