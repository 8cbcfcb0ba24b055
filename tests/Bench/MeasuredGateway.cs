// The gateway in a process of its own that can be asked for its memory.
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailFunctions.Bench.Peers;
using MailFunctions.Rig;

namespace MailFunctions.Bench;

/// <summary>A gateway that no storage stands behind: enough for clients that only greet. Disposing kills it.</summary>
internal sealed class MeasuredGateway : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly Process _process;
    private readonly string _socket;

    private MeasuredGateway(string? published, int port)
    {
        Port = port;
        _socket = Path.Combine(_folder.FullName, "heap");
        var build = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var program = published ?? Path.Combine(AzuriteServer.RepositoryRoot, "gateway", "bin", build.Parent!.Name, build.Name);
        var start = new ProcessStartInfo(Path.Combine(program, "MailFunctions.Gateway")) { WorkingDirectory = program, RedirectStandardOutput = true };
        foreach (var (key, value) in new Dictionary<string, string>
        {
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["Logging__LogLevel__Default"] = "Warning",
            ["Mail__Hostname"] = "mail.example.test",
            ["Mail__Storage"] = "UseDevelopmentStorage=true",
            ["Mail__Tls__Certificate"] = WriteCertificate(),
            ["Mail__Listeners__Smtp"] = $"127.0.0.1:{port}",
            ["Mail__Listeners__Submissions"] = $"127.0.0.1:{port + 1}",
            ["Mail__Listeners__Submission"] = "",
            ["Mail__Listeners__Pop3"] = "",
            ["Mail__Listeners__Pop3s"] = "",
            ["Mail__Limits__Connections"] = "100000",
            ["Mail__Limits__ConnectionsPerAddress"] = "100000",
            ["Mail__Limits__ConnectionsPerPrefix"] = "100000",
        })
            start.Environment[key] = value;
        if (published is null)
        {
            start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
            start.Environment[StartupHook.Socket] = _socket;
        }
        _process = Process.Start(start)!;
        _ = _process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Where it takes mail in clear.</summary>
    public int Port { get; }

    /// <summary>Where it takes mail under TLS.</summary>
    public int TlsPort => Port + 1;

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="published">The folder of the published gateway, whose heap cannot be asked for; null for the one that was built.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<MeasuredGateway> StartAsync(string? published, CancellationToken cancellationToken)
    {
        var gateway = new MeasuredGateway(published, AzuriteServer.FreePorts(2));
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", gateway.Port, cancellationToken);
                return gateway;
            }
            catch (SocketException) when (!gateway._process.HasExited && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(50, cancellationToken);
            }
        }
    }

    /// <summary>Octets of managed heap after a full collection.</summary>
    public async Task<long> HeapAsync(CancellationToken cancellationToken)
    {
        using var asker = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await asker.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancellationToken);
        var answer = new byte[32];
        var count = await asker.ReceiveAsync(answer, cancellationToken);
        return long.Parse(Encoding.ASCII.GetString(answer, 0, count), CultureInfo.InvariantCulture);
    }

    /// <summary>Octets of the resident set.</summary>
    public long Resident() => ProcessCosts.Now(_process.Id).Resident;

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private string WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail.example.test", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        var path = Path.Combine(_folder.FullName, "certificate.pem");
        File.WriteAllText(path, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        return path;
    }
}
