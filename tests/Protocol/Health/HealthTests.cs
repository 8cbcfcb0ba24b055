// When a gateway is alive, when it is ready, and what it costs to ask.
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailFunctions.Gateway.Connections;
using MailFunctions.Gateway.Health;
using MailFunctions.Rig.Memory;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace MailFunctions.Protocol.Health;

public sealed class HealthTests : IDisposable
{
    private readonly MemoryStores _stores = new();
    private readonly Life _life = new();
    private readonly StorageAnswers _storage;

    public HealthTests() => _storage = new StorageAnswers(_stores.Spool, _stores.Time);

    [Fact]
    public async Task It_is_ready_from_the_opening_of_its_listeners_until_it_is_told_to_stop_and_alive_all_the_time()
    {
        Assert.Equal((503, """{"status":"starting"}"""), await AskAsync("/health/ready"));
        Assert.Equal((200, """{"status":"ok"}"""), await AskAsync("/health/live"));
        _life.Started.Cancel();
        Assert.Equal((200, """{"status":"ok"}"""), await AskAsync("/health/ready"));
        _life.Stopping.Cancel();
        Assert.Equal((503, """{"status":"stopping"}"""), await AskAsync("/health/ready"));
        Assert.Equal((200, """{"status":"ok"}"""), await AskAsync("/health/live"));
    }

    [Fact]
    public async Task It_is_ready_until_the_last_second_of_its_certificate()
    {
        _life.Started.Cancel();
        var tls = new TlsListeners(CertificateUntil(_stores.Time.GetUtcNow() + TimeSpan.FromHours(1)));

        _stores.Time.Advance(TimeSpan.FromSeconds(3_599));
        Assert.Equal(200, (await AskAsync("/health/ready", tls)).Status);
        _stores.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((503, """{"status":"certificate expired"}"""), await AskAsync("/health/ready", tls));
    }

    [Fact]
    public async Task Storage_is_asked_once_in_half_a_minute_and_its_silence_is_forgiven_for_a_minute()
    {
        _life.Started.Cancel();
        for (var i = 0; i < 10; i++)
            Assert.Equal(200, (await AskAsync("/health/ready")).Status);
        Assert.Single(_stores.Faults.Calls);

        _stores.Faults.Plan((_, _) => FaultMoment.Before);
        _stores.Time.Advance(StorageAnswers.Pause);
        Assert.Equal(200, (await AskAsync("/health/ready")).Status);
        Assert.Single(_stores.Faults.Calls);
        _stores.Time.Advance(StorageAnswers.Pause);
        Assert.Equal((503, """{"status":"storage does not answer"}"""), await AskAsync("/health/ready"));

        _stores.Faults.Clear();
        _stores.Time.Advance(StorageAnswers.Pause);
        Assert.Equal(200, (await AskAsync("/health/ready")).Status);
    }

    [Theory]
    [InlineData("/", "GET", 404)]
    [InlineData("/health", "GET", 404)]
    [InlineData("/health/ready/", "GET", 404)]
    [InlineData("/health/READY", "GET", 404)]
    [InlineData("/health/live", "POST", 404)]
    [InlineData("/health/live", "HEAD", 200)]
    public async Task Nothing_else_is_there(string path, string method, int status) =>
        Assert.Equal((status, method == "HEAD"), (await AskAsync(path, method: method)) is var (code, body) ? (code, body.Length == 0) : default);

    public void Dispose()
    {
        _storage.Dispose();
        _life.Dispose();
    }

    private async Task<(int Status, string Body)> AskAsync(string path, TlsListeners? tls = null, string method = "GET")
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path, context.Response.Body) = (method, path, body);
        await new HealthEndpoint(new Readiness(_life, tls ?? new TlsListeners((TlsCertificate?)null), _storage, _stores.Time)).InvokeAsync(context);
        return (context.Response.StatusCode, Encoding.ASCII.GetString(body.ToArray()));
    }

    private static TlsCertificate CertificateUntil(DateTimeOffset end)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=a.test", key, HashAlgorithmName.SHA256).CreateSelfSigned(end - TimeSpan.FromDays(1), end);
        var path = Path.GetTempFileName();
        File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        try
        {
            return TlsCertificate.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private sealed class Life : IHostApplicationLifetime, IDisposable
    {
        public CancellationTokenSource Started { get; } = new();

        public CancellationTokenSource Stopping { get; } = new();

        public CancellationToken ApplicationStarted => Started.Token;

        public CancellationToken ApplicationStopping => Stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => Stopping.Cancel();

        public void Dispose()
        {
            Started.Dispose();
            Stopping.Dispose();
        }
    }
}
