// Counts connections, in all, per address and per network, and says when there are too many.
using System.Collections.Concurrent;
using System.Net;

namespace MailFunctions.Gateway.Connections;

/// <summary>
/// The limits on connections at a time. A client counts by its address, an IPv6 client by its /64, which is what one customer gets;
/// and by its network, /24 or /48, for those who have many addresses.
/// </summary>
internal sealed class ConnectionGate(GatewayOptions options)
{
    private readonly ConcurrentDictionary<IPAddress, int> _byAddress = new();
    private readonly ConcurrentDictionary<IPAddress, int> _byPrefix = new();
    private int _all;

    /// <summary>Lets a connection in.</summary>
    /// <param name="address">Its address, or null where it is hidden: then only the number of all counts.</param>
    /// <param name="limit">The limit that it would exceed.</param>
    /// <returns>False if there are too many; then <see cref="Leave"/> must not be called.</returns>
    public bool TryEnter(IPAddress? address, out string limit)
    {
        limit = nameof(LimitOptions.Connections);
        if (Interlocked.Increment(ref _all) > options.Limits.Connections)
        {
            Interlocked.Decrement(ref _all);
            return false;
        }
        if (address is null)
            return true;
        // Both are counted, whatever the first says, so that Leave undoes exactly this.
        var fewOfAddress = Count(_byAddress, ClientNetwork.Customer(address)) <= options.Limits.ConnectionsPerAddress;
        var fewOfPrefix = Count(_byPrefix, ClientNetwork.Site(address)) <= options.Limits.ConnectionsPerPrefix;
        if (fewOfAddress && fewOfPrefix)
            return true;
        limit = fewOfAddress ? nameof(LimitOptions.ConnectionsPerPrefix) : nameof(LimitOptions.ConnectionsPerAddress);
        Leave(address);
        return false;
    }

    /// <summary>Lets it out.</summary>
    public void Leave(IPAddress? address)
    {
        Interlocked.Decrement(ref _all);
        if (address is null)
            return;
        Discount(_byAddress, ClientNetwork.Customer(address));
        Discount(_byPrefix, ClientNetwork.Site(address));
    }

    private static int Count(ConcurrentDictionary<IPAddress, int> counts, IPAddress key) =>
        counts.AddOrUpdate(key, 1, static (_, count) => count + 1);

    private static void Discount(ConcurrentDictionary<IPAddress, int> counts, IPAddress key)
    {
        var left = counts.AddOrUpdate(key, 0, static (_, count) => count - 1);
        if (left <= 0)
            counts.TryRemove(new KeyValuePair<IPAddress, int>(key, left)); // only if nobody entered meanwhile
    }
}
