// The network that an address counts by.
using System.Net;

namespace MailFunctions.Gateway.Connections;

/// <summary>Addresses with only their first octets kept, so that who has many of them counts once.</summary>
internal static class ClientNetwork
{
    /// <summary>What one customer gets: an IPv4 address, or an IPv6 /64.</summary>
    public static IPAddress Customer(IPAddress address) => Keep(address, 4, 8);

    /// <summary>What one site gets: an IPv4 /24, or an IPv6 /48.</summary>
    public static IPAddress Site(IPAddress address) => Keep(address, 3, 6);

    private static IPAddress Keep(IPAddress address, int octetsOfIPv4, int octetsOfIPv6)
    {
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var length);
        octets = octets[..length];
        octets[(length == 4 ? octetsOfIPv4 : octetsOfIPv6)..].Clear();
        return new IPAddress(octets);
    }
}
