// Counts connections, in all and per address, and says when there are too many.
using System.Collections.Concurrent;
using System.Net;

namespace MailFunctions.Gateway.Connections;

/// <summary>The limits on connections at a time. An IPv6 client counts by its /64, which is what one customer gets.</summary>
internal sealed class ConnectionGate(GatewayOptions options)
{
    private readonly ConcurrentDictionary<IPAddress, int> _byAddress = new();
    private int _all;

    /// <summary>Lets a connection in.</summary>
    /// <param name="address">Its address, or null where it is hidden: then only the number of all counts.</param>
    /// <returns>False if there are too many; then <see cref="Leave"/> must not be called.</returns>
    public bool TryEnter(IPAddress? address)
    {
        if (Interlocked.Increment(ref _all) > options.Limits.Connections)
        {
            Interlocked.Decrement(ref _all);
            return false;
        }
        if (address is null || _byAddress.AddOrUpdate(Key(address), 1, static (_, count) => count + 1) <= options.Limits.ConnectionsPerAddress)
            return true;
        Leave(address);
        return false;
    }

    /// <summary>Lets it out.</summary>
    public void Leave(IPAddress? address)
    {
        Interlocked.Decrement(ref _all);
        if (address is null)
            return;
        var key = Key(address);
        var left = _byAddress.AddOrUpdate(key, 0, static (_, count) => count - 1);
        if (left <= 0)
            _byAddress.TryRemove(new KeyValuePair<IPAddress, int>(key, left)); // only if nobody entered meanwhile
    }

    private static IPAddress Key(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        if (!address.TryWriteBytes(octets, out var length) || length != 16)
            return address;
        octets[8..].Clear();
        return new IPAddress(octets);
    }
}
