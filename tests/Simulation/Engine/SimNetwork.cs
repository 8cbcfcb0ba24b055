// The remote mail servers of a simulation.
using System.Net;
using MailFunctions.Rig.Peers;
using MailFunctions.Smtp.Client;

namespace MailFunctions.Simulation.Engine;

/// <summary>Servers by domain; how a server behaves is decided anew for each connection.</summary>
internal sealed class SimNetwork(SimWorld world)
{
    private readonly Dictionary<IPEndPoint, (string Domain, Func<int, PeerScript> Script)> _servers = [];
    private readonly Dictionary<string, int> _sessions = [];
    private readonly List<(string Domain, ScriptedPeer Peer)> _peers = [];
    private readonly List<(string Domain, DateTimeOffset At)> _disturbed = [];

    /// <summary>The stages at which a server can misbehave.</summary>
    public static readonly PeerStage[] Stages =
    [
        PeerStage.Connect, PeerStage.Banner, PeerStage.Ehlo, PeerStage.Mail, PeerStage.Rcpt, PeerStage.Data, PeerStage.Body, PeerStage.End, PeerStage.Quit,
    ];

    /// <summary>How many sessions there were.</summary>
    public int Sessions { get; private set; }

    /// <summary>Everything that remote servers took, with the domain whose server it was.</summary>
    public IEnumerable<(string Domain, PeerMessage Message)> Taken =>
        _peers.SelectMany(entry => entry.Peer.Taken.Select(message => (entry.Domain, message)));

    /// <summary>Whether a session with a domain's server was disturbed at that time or later, by what is planned and not by its own script.</summary>
    public bool WasDisturbed(string domain, DateTimeOffset from) => _disturbed.Any(session => session.Domain == domain && session.At >= from);

    /// <summary>Adds a domain with one server.</summary>
    /// <param name="domain">Its name.</param>
    /// <param name="script">What the server does in its session of that number, from 0.</param>
    /// <param name="preference">The preference of the server among the domain's.</param>
    public void Add(string domain, Func<int, PeerScript>? script = null, ushort preference = 10)
    {
        var address = $"203.0.113.{_servers.Count + 1}";
        var host = $"mx{preference}.{domain}";
        world.Zone.AddMx(domain, preference, host).AddHost(host, address);
        _servers[new IPEndPoint(IPAddress.Parse(address), 25)] = (domain, script ?? (_ => new PeerScript()));
    }

    /// <summary>Adds a domain without an MX, whose own address takes its mail (RFC 5321 5.1).</summary>
    public void AddHost(string domain)
    {
        var address = $"203.0.113.{_servers.Count + 1}";
        world.Zone.AddHost(domain, address);
        _servers[new IPEndPoint(IPAddress.Parse(address), 25)] = (domain, _ => new PeerScript());
    }

    /// <summary>The network as a process sees it.</summary>
    public IConnector For(SimProcess process) => new Connector(this, world, process);

    private ScriptedPeer? Answer(IPEndPoint address)
    {
        if (!_servers.TryGetValue(address, out var server))
            return null;
        var number = _sessions[server.Domain] = _sessions.GetValueOrDefault(server.Domain, -1) + 1;
        var script = server.Script(number);
        var bent = world.Plan.Server is { } chosen && chosen.Session == Sessions ? Bend(script, chosen.Stage, chosen.Fault) : Bend(script);
        Sessions++;
        if (bent != script)
            _disturbed.Add((server.Domain, world.Time.GetUtcNow()));
        var peer = new ScriptedPeer(bent);
        _peers.Add((server.Domain, peer));
        return peer;
    }

    // With random faults the servers misbehave too: they refuse for now, break off or fall silent at any stage.
    private PeerScript Bend(PeerScript script)
    {
        if (world.Plan.Rate == 0 || world.Calls >= world.Plan.Until || world.Chance.NextDouble() >= 4 * world.Plan.Rate)
            return script;
        return Bend(script, Stages[world.Chance.Next(Stages.Length)], (PeerFault)world.Chance.Next(4));
    }

    private PeerScript Bend(PeerScript script, PeerStage stage, PeerFault fault)
    {
        PeerAct act = fault switch
        {
            PeerFault.Stall => new PeerAct.Stall(),
            PeerFault.TakenSilently when stage == PeerStage.End => new PeerAct.SayAndClose("2"),
            PeerFault.Later when stage is not (PeerStage.Connect or PeerStage.Body) => new PeerAct.Say("451 4.3.0 Not now\r\n"),
            _ => new PeerAct.Close(),
        };
        world.Log.Add($"the server will {act.GetType().Name} at {stage}");
        if (stage == PeerStage.End)
            world.Checker.Uncertain();
        return script with { Rules = [new PeerRule(stage, act), .. script.Rules] };
    }

    private sealed class Connector(SimNetwork network, SimWorld world, SimProcess process) : IConnector
    {
        public async Task<Dialled> DialAsync(IPEndPoint address, CancellationToken cancellationToken)
        {
            await process.LiveAsync();
            world.Log.Add($"{process.Name} dials {address}");
            await Task.Delay(TimeSpan.FromMilliseconds(1 + world.Chance.Next(100)), process.Time, cancellationToken);
            if (network.Answer(address) is not { } peer)
                return new Dialled.Unreachable("ConnectionRefused");
            var dialled = await new MemoryNetwork().Add(address, peer).DialAsync(address, cancellationToken);
            if (dialled is Dialled.Open(var stream))
                process.AtDeath.Add(stream.Dispose);
            return dialled;
        }
    }
}
