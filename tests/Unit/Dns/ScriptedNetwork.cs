// A network of servers that say what a test wrote down.
using System.Net;
using MailFunctions.Dns;

namespace MailFunctions.Unit.Dns;

/// <summary>Answers questions by a function of server and question; null is silence until the asker's patience ends.</summary>
internal sealed class ScriptedNetwork(TimeProvider clock, Func<IPEndPoint, Query, byte[]?> answer)
{
    private readonly Lock _gate = new();
    private readonly List<string> _asked = [];

    /// <summary>What was asked: server's last octet, a + for TCP, name, type, and a - if without EDNS.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_gate)
                return [.. _asked];
        }
    }

    /// <summary>Ends with what a transport has to say, once it is let.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>What to answer over TCP; the same as over UDP by default.</summary>
    public Func<IPEndPoint, Query, byte[]?>? OverTcp { get; set; }

    public DnsSeams Seams => new() { Clock = clock, Random = octets => octets.Clear(), Udp = new Transport(this, ""), Tcp = new Transport(this, "+") };

    /// <summary>A resolver that asks 10.0.0.1, 10.0.0.2 and so on.</summary>
    public Resolver Resolver(int servers = 1, Action<DnsOptions>? configure = null)
    {
        var options = new DnsOptions { Server = string.Join(',', Enumerable.Range(1, servers).Select(number => $"10.0.0.{number}")) };
        configure?.Invoke(options);
        return new Resolver(options, Seams);
    }

    private async Task<Exchange> AskAsync(string way, IPEndPoint server, Query query, TimeSpan patience, CancellationToken cancellationToken)
    {
        Assert.Equal(53, server.Port);
        Assert.InRange(patience, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(12));
        lock (_gate)
            _asked.Add($"{server.Address.GetAddressBytes()[^1]}{way} {query.Name} {query.Type}{(query.HasEdns ? "" : "-")}");
        await Gate;
        var message = way.Length == 0 || OverTcp is null ? answer(server, query) : OverTcp(server, query);
        if (message is null)
        {
            await Task.Delay(patience, clock, cancellationToken);
            return new Exchange.Failed(Trouble.TimedOut);
        }
        if (message.Length == 0)
            return new Exchange.Failed(Trouble.Unreachable);
        if (!Response.TryRead(message, out var response))
            return new Exchange.Failed(Trouble.Malformed);
        return response.IsTruncated ? new Exchange.AskOverTcp() : new Exchange.Answered(response);
    }

    private sealed class Transport(ScriptedNetwork network, string way) : IDnsTransport
    {
        public Task<Exchange> AskAsync(IPEndPoint server, Query query, TimeSpan patience, CancellationToken cancellationToken) =>
            network.AskAsync(way, server, query, patience, cancellationToken);
    }
}
