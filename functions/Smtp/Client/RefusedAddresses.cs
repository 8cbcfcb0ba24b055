// The addresses that mail from strangers must never make us connect to.
using System.Net;
using System.Net.Sockets;

namespace MailFunctions.Smtp.Client;

/// <summary>
/// Addresses that no MX record may lead us to: whoever names a host in his zone would otherwise speak to our own network through us. Addresses that
/// carry another inside are judged by the one inside.
/// </summary>
public sealed class RefusedAddresses
{
    // IANA's special-purpose registries (RFC 6890), as far as nobody receives mail there; and two addresses of clouds.
    private static readonly (IPNetwork Network, string What)[] Rows =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "this network"),
        (IPNetwork.Parse("10.0.0.0/8"), "private"),
        (IPNetwork.Parse("100.64.0.0/10"), "carrier-grade NAT"),
        (IPNetwork.Parse("127.0.0.0/8"), "loopback"),
        (IPNetwork.Parse("168.63.129.16/32"), "Azure's host"),
        (IPNetwork.Parse("169.254.169.254/32"), "instance metadata"),
        (IPNetwork.Parse("169.254.0.0/16"), "link-local"),
        (IPNetwork.Parse("172.16.0.0/12"), "private"),
        (IPNetwork.Parse("192.0.0.0/24"), "protocol assignments"),
        (IPNetwork.Parse("192.168.0.0/16"), "private"),
        (IPNetwork.Parse("198.18.0.0/15"), "benchmarking"),
        (IPNetwork.Parse("224.0.0.0/4"), "multicast"),
        (IPNetwork.Parse("240.0.0.0/4"), "reserved"),
        (IPNetwork.Parse("::/96"), "loopback, unspecified or an obsolete form"),
        (IPNetwork.Parse("64:ff9b:1::/48"), "local NAT64"),
        (IPNetwork.Parse("100::/64"), "discard"),
        (IPNetwork.Parse("2001::/32"), "Teredo"),
        (IPNetwork.Parse("fc00::/7"), "unique local"),
        (IPNetwork.Parse("fe80::/10"), "link-local"),
        (IPNetwork.Parse("fec0::/10"), "site-local"),
        (IPNetwork.Parse("ff00::/8"), "multicast"),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96"); // RFC 6052
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16"); // RFC 3056

    private readonly HashSet<IPAddress> _own;

    /// <summary>Makes the list.</summary>
    /// <param name="own">Our own public addresses: mail to them would come back to us.</param>
    public RefusedAddresses(params IEnumerable<IPAddress> own) => _own = [.. own.Select(Inner)];

    /// <summary>Whether any address is known to be our own.</summary>
    public bool HasOwn => _own.Count > 0;

    /// <summary>Whether an address is one of our own.</summary>
    public bool IsOwn(IPAddress address) => _own.Contains(Inner(address));

    /// <summary>True where only our own addresses are refused: local runs and tests.</summary>
    public bool AllowsPrivate { get; init; }

    /// <summary>Why an address is refused, or null if it is not.</summary>
    public string? ReasonFor(IPAddress address)
    {
        var inner = Inner(address);
        if (_own.Contains(inner))
            return $"{address} is our own address";
        foreach (var (network, what) in Rows)
        {
            if (!AllowsPrivate && network.Contains(inner))
                return $"{address} is refused ({what})";
        }
        return null;
    }

    // The address that a connection really goes to, as far as the text tells.
    private static IPAddress Inner(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out _);
        if (Nat64.Contains(address))
            return new IPAddress(octets[12..]);
        if (SixToFour.Contains(address))
            return new IPAddress(octets[2..6]);
        return address.ScopeId == 0 ? address : new IPAddress(octets); // a zone changes nothing about what an address is
    }
}
