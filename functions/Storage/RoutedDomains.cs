// Which domains have routes, listed once a minute.
using Azure.Storage.Blobs.Models;
using MailFunctions.Mail;

namespace MailFunctions.Storage;

/// <summary>The names under <see cref="BlobNames.RoutePrefix"/> as of no more than a minute ago. Throws what listing throws, and then knows nothing.</summary>
internal sealed class RoutedDomains(StoreContainer container)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private Listing? _listing;

    private sealed record Listing(Lazy<Task<HashSet<string>>> Names, long AskedAt);

    /// <summary>Whether a domain has a route.</summary>
    public async ValueTask<bool> ContainsAsync(DomainName domain, CancellationToken cancellationToken) =>
        (await Current().Names.Value.WaitAsync(cancellationToken)).Contains(BlobNames.Route(domain));

    private Listing Current()
    {
        lock (_gate)
        {
            if (_listing is null || _listing.Names is { IsValueCreated: true, Value.IsFaulted: true }
                || container.Retry.Clock.GetElapsedTime(_listing.AskedAt) >= Freshness)
                _listing = new Listing(new Lazy<Task<HashSet<string>>>(ListAsync), container.Retry.Clock.GetTimestamp());
            return _listing;
        }
    }

    // The call belongs to everybody who waits for it, so no single caller's token ends it.
    private async Task<HashSet<string>> ListAsync()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var item in container.ListAsync(BlobNames.RoutePrefix, BlobTraits.None, 5000, CancellationToken.None))
            names.Add(item.Name);
        return names;
    }
}
