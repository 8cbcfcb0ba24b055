// The gateway's POP3 service in memory.
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailFunctions.Gateway;
using MailFunctions.Gateway.Connections;
using MailFunctions.Gateway.Logins;
using MailFunctions.Gateway.Pop3;
using MailFunctions.Rig;
using MailFunctions.Rig.Memory;
using Microsoft.Extensions.Logging;

namespace MailFunctions.Protocol.Pop3;

/// <summary>One mailbox, alice@example.test with password "secret", behind all POP3 listeners.</summary>
internal sealed class Pop3Server : IAsyncDisposable
{
    private static readonly Lazy<TlsCertificate> Certificate = new(MakeCertificate);

    private readonly PasswordHashing _hashing = new();
    private readonly Pop3Services _services;
    private readonly List<Pop3Client> _clients = [];

    public Pop3Server(bool withCertificate = true, int connectionsPerAddress = 20, bool addressHidden = false, Action<GatewayOptions>? configure = null)
    {
        Maildrop = new Pop3MemoryMaildrop(Clock);
        Directory = new MemoryDirectory().Domain("example.test", "postmaster@example.test").Account("alice@example.test").Account("bob@example.test", " with  spaces ");
        var options = new GatewayOptions
        {
            Hostname = "mail.example.test", ClientAddressHidden = addressHidden, Limits = new() { ConnectionsPerAddress = connectionsPerAddress, ErrorsBeforePause = 1_000 },
        };
        configure?.Invoke(options);
        var tls = new TlsListeners(withCertificate ? Certificate.Value : null);
        var admission = new Admission(options, new ConnectionGate(options), tls, Meters.Metrics, Clock);
        _services = new Pop3Services(
            options, new Authenticator(Directory, _hashing, options, Clock), Maildrop, Maildrop, Clock, admission, tls, Clock, Trace, Log);
    }

    /// <summary>What all sessions share.</summary>
    public Pop3Services Services => _services;

    public Pop3Clock Clock { get; } = new();

    /// <summary>What was noted.</summary>
    public MemoryTrace Trace { get; } = new();

    public Pop3MemoryMaildrop Maildrop { get; }

    public MemoryDirectory Directory { get; }

    public LogLines Log { get; } = new();

    /// <summary>What was counted.</summary>
    public MemoryMeters Meters { get; } = new();

    /// <summary>Adds messages of this text, each character an octet.</summary>
    public Pop3Server With(params string[] messages)
    {
        foreach (var message in messages)
            Maildrop.Add(Encoding.Latin1.GetBytes(message));
        return this;
    }

    public Pop3Client Connect(string listener = "Pop3", string address = "127.0.0.1", int window = 65_536)
    {
        var client = new Pop3Client(HandlerOf(listener).OnConnectedAsync, address, window)
        {
            WaitsForGreeting = Listeners.Rows.Single(row => row.Name == listener).Tls == TlsMode.Upgrade,
        };
        _clients.Add(client);
        return client;
    }

    /// <summary>What serves the connections of a listener.</summary>
    public Pop3ConnectionHandler HandlerOf(string listener) => new(Listeners.Rows.Single(row => row.Name == listener), _services);

    /// <summary>Connects and logs in.</summary>
    public async Task<Pop3Client> LogInAsync()
    {
        var client = Connect();
        await client.LogInAsync();
        return client;
    }

    /// <summary>Waits until something is true that another thread brings about.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
            await Task.Delay(1, patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();
        await _hashing.DisposeAsync();
        Meters.Dispose();
        Assert.Equal(0, Maildrop.OpenStreams);
        Assert.DoesNotContain("Error", Log.Text.Split('\n').Select(line => line.Split(' ')[0]).Except(Log.Expected));
    }

    private static TlsCertificate MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail.example.test", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
            return TlsCertificate.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}

/// <summary>What was logged.</summary>
internal sealed class LogLines : ILogger<Pop3Session>
{
    private readonly StringBuilder _text = new();

    /// <summary>Levels that a test expects beyond what every session may log.</summary>
    public List<string> Expected { get; } = [];

    public string Text
    {
        get
        {
            lock (_text)
                return _text.ToString();
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_text)
            _text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{logLevel} {eventId.Id} {formatter(state, exception)} {exception}\n");
    }
}
