// NSD, a real name server, in a folder and at a port of its own.
using System.Diagnostics;
using System.Net;
using MailFunctions.Dns;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Dns;

/// <summary>NSD serving one or more zones. It is authoritative for them and knows of nothing else.</summary>
internal sealed class NsdServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nsd-").FullName;
    private readonly string _program;
    private Process? _process;

    private NsdServer(string program) => _program = program;

    /// <summary>Where it listens, over UDP and TCP.</summary>
    public IPEndPoint Address { get; } = new(IPAddress.Loopback, AzuriteServer.FreePorts(1));

    /// <summary>Serves zones, each a name and the text of its file. Skips the test, by name, where NSD is not installed.</summary>
    public static async Task<NsdServer> StartAsync(params (string Name, string Text)[] zones)
    {
        var path = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Append("/usr/sbin").Select(folder => Path.Combine(folder, "nsd")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, "nsd is not installed.");
        var server = new NsdServer(path!);
        await File.WriteAllTextAsync(server.PathOf("nsd.conf"), $"""
            server:
              ip-address: {server.Address.Address}@{server.Address.Port}
              username: ""
              chroot: ""
              zonesdir: "{server._folder}"
              database: ""
              pidfile: "{server.PathOf("nsd.pid")}"
              xfrdfile: "{server.PathOf("xfrd.state")}"
              zonelistfile: "{server.PathOf("zone.list")}"
              xfrdir: "{server._folder}"
              logfile: "{server.PathOf("nsd.log")}"
              server-count: 1
              rrl-ratelimit: 0
            remote-control:
              control-enable: no
            {string.Concat(zones.Select(zone => $"zone:\n  name: {zone.Name}\n  zonefile: {zone.Name}.zone\n"))}
            """);
        foreach (var (name, text) in zones)
            await File.WriteAllTextAsync(server.PathOf($"{name}.zone"), text);
        await server.StartAsync(zones[0].Name);
        return server;
    }

    /// <summary>A resolver that asks this server alone.</summary>
    public Resolver Resolver(Action<DnsOptions>? configure = null)
    {
        var options = new DnsOptions { Server = Address.ToString() };
        configure?.Invoke(options);
        return new Resolver(options, new DnsSeams());
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>.</summary>
    public async Task StartAsync(string zone)
    {
        _process = Process.Start(new ProcessStartInfo(_program, ["-d", "-c", PathOf("nsd.conf")]))!;
        var query = Query.WithEdns(DnsName.Parse(zone), RecordType.Soa, new DnsSeams().Random);
        for (var i = 0; i < 600 && !_process.HasExited; i++)
        {
            var exchange = await new UdpTransport(TimeProvider.System, () => 0).AskAsync(Address, query, TimeSpan.FromMilliseconds(50), CancellationToken.None);
            if (exchange is Exchange.Answered { Response.Code: ResponseCode.NoError })
                return;
            await Task.Delay(50);
        }
        Assert.Fail($"nsd does not serve {zone}: {(File.Exists(PathOf("nsd.log")) ? await File.ReadAllTextAsync(PathOf("nsd.log")) : "it logged nothing")}");
    }

    /// <summary>Kills it and what it started.</summary>
    public async Task StopAsync()
    {
        if (_process is null)
            return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string PathOf(string file) => Path.Combine(_folder, file);
}
