// How names are resolved, as the configuration says it.
namespace MailFunctions.Dns;

/// <summary>The part of the configuration section <c>Mail:Dns</c>; all of it may be left out.</summary>
public sealed class DnsOptions
{
    /// <summary>The configuration key of <see cref="Server"/>.</summary>
    public const string ServerKey = "Mail:Dns:Server";

    /// <summary>
    /// Addresses of recursive servers, separated by commas and in the order in which they are asked: <c>192.0.2.53</c>, <c>192.0.2.53:5353</c> or
    /// <c>[2001:db8::53]:5353</c>. Null for those of <see cref="SystemFile"/>.
    /// </summary>
    public string? Server { get; set; }

    /// <summary>Where the system lists its servers (resolv.conf(5)); read once.</summary>
    public string SystemFile { get; set; } = "/etc/resolv.conf";

    /// <summary>
    /// How long each server is waited for in the first round. Every further round takes twice as long as the one before, shared by the servers that
    /// are still silent. Null: as the system says, else 3 s.
    /// </summary>
    public TimeSpan? TryTimeout { get; set; }

    /// <summary>How often a server that stays silent is asked. Null: as the system says, else 3.</summary>
    public int? Attempts { get; set; }

    /// <summary>How long one question takes at most, its aliases and all servers together.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>How many answers are remembered.</summary>
    public int CacheEntries { get; set; } = 10_000;

    /// <summary>What is wrong with the values, naming the key and what is allowed.</summary>
    /// <returns>Null if nothing is.</returns>
    public string? Check()
    {
        if (Server is not null && !ServerList.TryParse(Server, out _))
        {
            return $"{ServerKey} must be one or more IP addresses, each with or without a port, separated by commas, "
                + "such as '192.0.2.53' or '[2001:db8::53]:5353'.";
        }
        if (TryTimeout is { } wait && (wait <= TimeSpan.Zero || wait > TimeSpan.FromMinutes(1)))
            return "Mail:Dns:TryTimeout must be more than zero and at most 00:01:00.";
        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromMinutes(5))
            return "Mail:Dns:Timeout must be more than zero and at most 00:05:00.";
        if (Attempts is < 1 or > 10)
            return "Mail:Dns:Attempts must be from 1 to 10.";
        return CacheEntries is < 0 or > 1_000_000 ? "Mail:Dns:CacheEntries must be from 0 to 1000000." : null;
    }
}
