// The certificate's files: what forms they may have, and what becomes of sessions when they change.
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MailFunctions.Gateway;
using MailFunctions.Gateway.Connections;
using MailFunctions.Rig.Memory;
using Microsoft.Extensions.Logging;

namespace MailFunctions.Protocol.Connections;

public sealed class Certificates : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly ManualTime _time = new(DateTimeOffset.UtcNow);

    [Theory]
    [InlineData("pem", null)]
    [InlineData("pem with its key elsewhere", null)]
    [InlineData("pem with its key elsewhere", "secret")]
    [InlineData("pfx", null)]
    [InlineData("pfx", "secret")]
    public void A_certificate_is_read_in_every_form(string form, string? password)
    {
        Assert.True(TlsCertificate.Load(Write("a.test", form, password)).ExpiresAt > _time.GetUtcNow());
    }

    [Theory]
    [InlineData("pem with its key elsewhere")]
    [InlineData("pfx")]
    public void A_wrong_password_is_told_and_not_repeated(string form)
    {
        var options = Write("a.test", form, "secret");
        options.Password = "sesame";
        var error = Assert.Throws<InvalidOperationException>(() => TlsCertificate.Load(options));
        Assert.Contains("Mail:Tls:Certificate", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void F37_a_new_certificate_is_for_new_sessions_and_a_broken_one_for_none()
    {
        var log = new Lines();
        var options = new GatewayOptions { Tls = Write("old.test", "pem", null) };
        var tls = new TlsListeners(options);
        using var watch = new CertificateWatch(options, tls, _time, log);
        var row = Listeners.Rows[0];
        var before = tls.Of(row);
        watch.Look();
        Assert.Same(before, tls.Of(row));

        File.WriteAllText(options.Tls.Certificate!, "-----BEGIN CERTIFICATE-----\nbroken");
        watch.Look();
        watch.Look();
        Assert.Same(before, tls.Of(row));
        Assert.Equal([LogLevel.Error], log.Levels);

        Write("new.example.test", "pem", null);
        watch.Look();
        Assert.Equal("CN=old.test", NameOf(before));
        Assert.Equal("CN=new.example.test", NameOf(tls.Of(row)));
        Assert.All(Listeners.Rows, other => Assert.Equal("CN=new.example.test", NameOf(tls.Of(other))));
        Assert.Equal([LogLevel.Error, LogLevel.Information], log.Levels);
    }

    [Fact]
    public void F37_a_link_that_points_elsewhere_is_a_change()
    {
        var log = new Lines();
        var first = Write("old.test", "pem", null).Certificate!;
        var second = Path.Combine(_folder.FullName, "second.pem");
        File.Move(first, second + ".old");
        Write("new.example.test", "pem", null);
        File.Move(first, second);
        File.CreateSymbolicLink(first, second + ".old");
        var options = new GatewayOptions { Tls = new TlsOptions { Certificate = first } };
        var tls = new TlsListeners(options);
        using var watch = new CertificateWatch(options, tls, _time, log);
        File.Delete(first);
        File.CreateSymbolicLink(first, second);
        watch.Look();
        Assert.Equal("CN=new.example.test", NameOf(tls.Of(Listeners.Rows[0])));
    }

    [Fact]
    public void An_expiry_in_less_than_21_days_is_told_of_once_a_day()
    {
        var log = new Lines();
        var options = new GatewayOptions { Tls = Write("a.test", "pem", null) };
        using var watch = new CertificateWatch(options, new TlsListeners(options), _time, log);
        watch.Look();
        Assert.Empty(log.Levels);
        _time.Advance(TimeSpan.FromDays(10)); // of 30
        watch.Look();
        watch.Look();
        Assert.Equal([LogLevel.Warning], log.Levels);
        _time.Advance(TimeSpan.FromDays(1));
        watch.Look();
        Assert.Equal([LogLevel.Warning, LogLevel.Warning], log.Levels);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string NameOf(SslServerAuthenticationOptions options) => options.ServerCertificateContext!.TargetCertificate.Subject;

    private TlsOptions Write(string name, string form, string? password)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(_time.GetUtcNow().AddDays(-1), _time.GetUtcNow().AddDays(30));
        var pbe = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1_000);
        var pem = password is null ? key.ExportPkcs8PrivateKeyPem() : key.ExportEncryptedPkcs8PrivateKeyPem(password, pbe);
        var path = Path.Combine(_folder.FullName, "certificate");
        var keyPath = Path.Combine(_folder.FullName, "key");
        switch (form)
        {
            case "pem":
                File.WriteAllText(path, $"{certificate.ExportCertificatePem()}\n{pem}\n");
                return new TlsOptions { Certificate = path, Password = password };
            case "pfx":
                File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx, password));
                return new TlsOptions { Certificate = path, Password = password };
            default:
                File.WriteAllText(path, certificate.ExportCertificatePem());
                File.WriteAllText(keyPath, pem);
                return new TlsOptions { Certificate = path, Key = keyPath, Password = password };
        }
    }

    private sealed class Lines : ILogger<CertificateWatch>
    {
        public List<LogLevel> Levels { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Levels.Add(logLevel);
    }
}
