// What the resolver takes from outside: time, chance and the network.
using System.Security.Cryptography;

namespace MailFunctions.Dns;

/// <summary>
/// Everything by which two runs of the same questions could differ. A program leaves the defaults; a simulation replaces all of it and can then
/// replay a run exactly.
/// </summary>
public sealed record DnsSeams
{
    /// <summary>The time of limits and of what is remembered.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Fills its argument with octets that cannot be guessed, for ids and the case of letters.</summary>
    public Action<Span<byte>> Random { get; init; } = RandomNumberGenerator.Fill;

    /// <summary>The UDP port to ask from; 0 for one that the kernel chooses at random.</summary>
    public Func<int> LocalPort { get; init; } = static () => 0;

    /// <summary>What carries datagrams; null for the network.</summary>
    public IDnsTransport? Udp { get; init; }

    /// <summary>What carries questions whose answers are long; null for the network.</summary>
    public IDnsTransport? Tcp { get; init; }
}
