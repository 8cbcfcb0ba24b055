// A gateway's SMTP side over stores in memory: real handler, real session, real intake.
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Gateway;
using MailFunctions.Gateway.Connections;
using MailFunctions.Gateway.Logins;
using MailFunctions.Gateway.Senders;
using MailFunctions.Gateway.Smtp;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Rig.Memory;
using MailFunctions.Wire;

namespace MailFunctions.Protocol.Smtp;

/// <summary>One gateway of a test: us.test with alice, bob and an alias, everything else is elsewhere.</summary>
internal sealed class SmtpRig : IAsyncDisposable
{
    public const string Password = "open sesame";

    private static readonly Lazy<TlsCertificate> Certificate = new(SelfSigned);

    private readonly PasswordHashing _hashing;
    private readonly SmtpServices _services;

    public SmtpRig(Action<GatewayOptions>? configure = null, TimeProvider? time = null, bool withTls = true, WireLimits? limits = null, PasswordHashing? hashing = null)
    {
        var options = new GatewayOptions { Hostname = "mx.us.test", Postmaster = "alice@us.test", MaxMessageBytes = 100_000 };
        options.Authentication.Mode = AuthenticationMode.Off; // most tests are about other things
        configure?.Invoke(options);
        _hashing = hashing ?? new PasswordHashing();
        var authenticator = new Authenticator(Directory, _hashing, options, time ?? TimeProvider.System);
        var rewriting = new SenderRewriting(options, Directory, time ?? TimeProvider.System);
        var submission = new SubmissionPolicy(new RecipientResolver(Directory), options);
        var signatures = new Signatures(new DomainKeys(Keys), time ?? TimeProvider.System);
        var intake = new MessageIntake(
            Stores.Spool, Stores.Queue, options, rewriting, submission, new SenderChecks(options, Zones, signatures, time ?? TimeProvider.System), signatures,
            time ?? TimeProvider.System, Trace,
            Log.For<MessageIntake>());
        var tls = new TlsListeners(withTls ? Certificate.Value : null);
        var admission = new Admission(options, new ConnectionGate(options), tls, Meters.Metrics, time ?? TimeProvider.System);
        _services = new SmtpServices(
            options, limits ?? options.Limits.ToWire() with { ErrorPause = TimeSpan.Zero }, new RecipientResolver(Directory), authenticator, intake, admission,
            tls, rewriting, submission, new MailboxQuota(Directory, Stores.Mailboxes, options, time ?? TimeProvider.System),
            new Blocklists(options, Zones, time ?? TimeProvider.System, Log.For<Blocklists>()), time ?? TimeProvider.System, Trace);
    }

    /// <summary>What all sessions share.</summary>
    public SmtpServices Services => _services;

    /// <summary>What was counted.</summary>
    public MemoryMeters Meters { get; } = new();

    public MemoryStores Stores { get; } = new();

    /// <summary>The keys of our domains.</summary>
    public MemoryDkimKeys Keys { get; } = new();

    /// <summary>What was logged.</summary>
    public LogRecorder Log { get; } = new();

    /// <summary>What was noted.</summary>
    public MemoryTrace Trace { get; } = new();

    /// <summary>What names resolve to.</summary>
    public ZoneResolver Zones { get; } = new();

    public MemoryDirectory Directory { get; } = new MemoryDirectory().Domain("us.test", "alice@us.test")
        .Account("alice@us.test", Password).Account("bob@us.test", Password)
        .Alias("both@us.test", "alice@us.test", "bob@us.test").Alias("circle@us.test", "circle@us.test");

    /// <summary>Connects to a listener by name.</summary>
    public MemoryClient Connect(string listener = "Smtp", string address = "192.0.2.9") => new(HandlerOf(listener).OnConnectedAsync, address)
    {
        WaitsForGreeting = Listeners.Rows.Single(row => row.Name == listener).Tls == TlsMode.Upgrade,
    };

    /// <summary>What takes the connections of a listener.</summary>
    public SmtpConnectionHandler HandlerOf(string listener) =>
        new(Listeners.Rows.Single(row => row.Name == listener), _services, Log.For<SmtpConnectionHandler>());

    /// <summary>A client on the submission listener that is under TLS and has said EHLO.</summary>
    public async Task<MemoryClient> ConnectTlsAsync(string listener = "Submissions")
    {
        var client = Connect(listener);
        await client.StartTlsAsync();
        Assert.StartsWith("220", await client.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("EHLO c.test"), StringComparison.Ordinal);
        return client;
    }

    /// <summary>The envelope and the whole content, trace fields included, of every message in the spool.</summary>
    public async Task<List<(Envelope Envelope, byte[] Content)>> SpooledAsync()
    {
        var all = new List<(Envelope, byte[])>();
        foreach (var id in Stores.Spool.Ids)
        {
            var opened = Assert.IsType<SpoolOpening.Opened>(await Stores.Spool.OpenAsync(id, CancellationToken.None));
            await using var reader = opened.Reader;
            var content = new byte[reader.Length];
            for (var at = 0; ;)
            {
                var count = await reader.ReadAsync(content.AsMemory(at), CancellationToken.None);
                if (count == 0)
                    break;
                at += count;
            }
            all.Add((reader.Envelope, content));
        }
        return all;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Meters.Dispose();
        return _hashing.DisposeAsync();
    }

    private static TlsCertificate SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
            return TlsCertificate.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
