// A real name server with the zones of a test.
using System.Diagnostics;
using System.Net.Sockets;

namespace MailFunctions.Rig;

/// <summary>NSD on a port of 127.0.0.1.</summary>
public sealed class NameServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private NameServer(Process process, DirectoryInfo folder, int port)
    {
        _process = process;
        _folder = folder;
        Address = $"127.0.0.1:{port}";
    }

    /// <summary>Where it answers.</summary>
    public string Address { get; }

    /// <summary>Where the program is; null where NSD is not installed.</summary>
    public static string? Program { get; } = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Append("/usr/sbin")
        .Select(folder => Path.Combine(folder, "nsd")).FirstOrDefault(File.Exists);

    /// <summary>Starts one with a zone per domain; skips the test where NSD is not installed.</summary>
    /// <param name="zones">The records of each zone besides SOA and NS, in the syntax of zone files.</param>
    public static async Task<NameServer> StartAsync(Dictionary<string, string> zones)
    {
        Assert.SkipWhen(Program is null, "nsd is not installed.");
        var folder = Directory.CreateTempSubdirectory("nsd-");
        var port = AzuriteServer.FreePorts(1);
        var config = new System.Text.StringBuilder($"""
            server:
              ip-address: 127.0.0.1@{port}
              username: ""
              chroot: ""
              zonesdir: "{folder}"
              database: ""
              pidfile: "{folder}/nsd.pid"
              logfile: "{folder}/nsd.log"
              xfrdfile: "{folder}/xfrd.state"
              xfrdir: "{folder}"
              zonelistfile: "{folder}/zone.list"
              server-count: 1
            remote-control:
              control-enable: no

            """);
        foreach (var (domain, records) in zones)
        {
            config.Append(System.Globalization.CultureInfo.InvariantCulture, $"zone:\n  name: {domain}\n  zonefile: {domain}.zone\n");
            await File.WriteAllTextAsync(
                $"{folder}/{domain}.zone",
                $"$ORIGIN {domain}.\n$TTL 60\n@ IN SOA ns.{domain}. host.{domain}. 1 60 60 60 60\n@ IN NS ns\nns IN A 127.0.0.1\n{records}\n");
        }
        await File.WriteAllTextAsync($"{folder}/nsd.conf", config.ToString());
        var server = new NameServer(Process.Start(new ProcessStartInfo(Program!, ["-d", "-c", $"{folder}/nsd.conf"]))!, folder, port);
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port);
                return server;
            }
            catch (SocketException) when (tries < 100)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await LocalSystem.SignalAsync("-TERM", _process.Id);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
