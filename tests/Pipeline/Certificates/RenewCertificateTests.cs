// The function that renews, and its settings.
using MailFunctions.Acme;
using MailFunctions.Acme.State;
using MailFunctions.App;
using MailFunctions.App.Pipeline;
using MailFunctions.Rig;
using MailFunctions.Rig.Acme;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace MailFunctions.Pipeline.Certificates;

public sealed class RenewCertificateTests : IDisposable
{
    private const string Zone = "/subscriptions/0/resourceGroups/dns/providers/Microsoft.Network/dnsZones/example.org";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("renew-");
    private readonly TestCertificates _certificates = new();
    private readonly FakeTime _time = new();
    private readonly LogRecorder _log = new();

    [Fact]
    public async Task It_is_renewed_when_it_is_due_and_each_run_says_what_it_did()
    {
        await using var authority = await ScriptedAuthority.StartAsync(new AuthorityScript(), _certificates, _time);
        var parts = Parts();
        var function = new RenewCertificate(parts, _log.For<RenewCertificate>());

        await function.RunAsync(CancellationToken.None);
        var wish = new CertificateWish(authority.Directory, ["mail.example.org"], Agreed: true, Contact: null, External: null);
        Assert.IsType<RenewalOutcome.Renewed>(await new Renewal(parts.Store, parts.Roots, parts.Seams).IssueAsync(wish, parts.Solver, CancellationToken.None));
        await function.RunAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromDays(60));
        await function.RunAsync(CancellationToken.None);

        Assert.Equal([1922, 1921, 1920], _log.Lines.Select(line => line.Event));
        Assert.Contains("mailctl certificate issue", _log.Lines.First().Text, StringComparison.Ordinal);
        Assert.All(_log.Lines, line => Assert.DoesNotContain("PRIVATE", line.Text, StringComparison.Ordinal));
        Assert.Equal(2, authority.Issued);
    }

    [Fact]
    public async Task Where_it_is_not_asked_to_it_does_nothing_and_says_nothing()
    {
        Assert.Null(CertificateParts.Of(Read([]), TimeProvider.System));

        await new RenewCertificate(null, _log.For<RenewCertificate>()).RunAsync(CancellationToken.None);

        Assert.Empty(_log.Lines);
    }

    [Theory]
    [InlineData("kv-mail", "https://kv-mail.vault.azure.net/")]
    [InlineData("https://kv-mail.vault.azure.net", "https://kv-mail.vault.azure.net/")]
    public void A_vault_is_named_or_addressed(string text, string address)
    {
        var options = Read(new() { ["Mail:Acme:Vault"] = text, ["Mail:Acme:Zone"] = Zone });

        Assert.Equal((address, Zone), (options.Vault!.AbsoluteUri, options.Zone));
    }

    [Theory]
    [InlineData("http://kv-mail.vault.azure.net/", Zone, "Mail:Acme:Vault")]
    [InlineData("https://kv-mail.vault.azure.net.evil.test/", Zone, "Mail:Acme:Vault")]
    [InlineData("https://user@kv-mail.vault.azure.net/", Zone, "Mail:Acme:Vault")]
    [InlineData("https://kv-mail.vault.azure.net:444/", Zone, "Mail:Acme:Vault")]
    [InlineData("https://kv-mail.vault.azure.net/secrets", Zone, "Mail:Acme:Vault")]
    [InlineData("kv-mail", "example.org", "Mail:Acme:Zone")]
    [InlineData("kv-mail", "/subscriptions/0/resourceGroups/a?b/providers/Microsoft.Network/dnsZones/example.org", "Mail:Acme:Zone")]
    [InlineData("kv-mail", "/subscriptions/0/resourceGroups/dns/providers/Microsoft.Network/privateDnsZones/example.org", "Mail:Acme:Zone")]
    [InlineData("kv-mail", "", "must be given together")]
    [InlineData("", Zone, "must be given together")]
    public void A_wrong_setting_is_named_with_what_would_be_right(string vault, string zone, string told)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read(new() { ["Mail:Acme:Vault"] = vault, ["Mail:Acme:Zone"] = zone }));

        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _certificates.Dispose();
    }

    private CertificateParts Parts() => new(new CertificateFolder(_folder.FullName), new Believed(), [_certificates.Root], new AcmeSeams
    {
        Clock = _time,
        Wait = (wait, _) =>
        {
            _time.Advance(wait);
            return Task.CompletedTask;
        },
    });

    private static AcmeOptions Read(Dictionary<string, string?> settings) =>
        AcmeOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());

    private sealed class Believed : IChallengeSolver
    {
        public string Type => "dns-01";

        public TimeSpan Settling => TimeSpan.FromSeconds(60);

        public Task PublishAsync(Challenge challenge, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task WithdrawAsync(Challenge challenge, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
