// The vault and the zone over their REST interfaces.
using MailFunctions.Acme;
using MailFunctions.Acme.Solvers;
using MailFunctions.Acme.State;
using MailFunctions.Rig.Acme;

namespace MailFunctions.Unit.Acme;

public sealed class AzureParts : IDisposable
{
    private const string Zone = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/dns/providers/Microsoft.Network/dnszones/Example.org";

    private readonly TestCertificates _certificates = new();

    [Fact]
    public async Task Secrets_are_read_as_they_were_written_each_under_its_name()
    {
        await using var azure = await ScriptedAzure.StartAsync(_certificates);
        using var calls = Calls();
        var store = new KeyVaultSecrets(calls, azure.Address);

        Assert.Null(await store.ReadAsync(StoredItem.Certificate, TestContext.Current.CancellationToken));
        await store.WriteAsync(StoredItem.Certificate, "a\nb", TestContext.Current.CancellationToken);
        await store.WriteAsync(StoredItem.Account, "{}", TestContext.Current.CancellationToken);

        Assert.Equal("a\nb", await store.ReadAsync(StoredItem.Certificate, TestContext.Current.CancellationToken));
        Assert.Equal("{}", await store.ReadAsync(StoredItem.Account, TestContext.Current.CancellationToken));
        Assert.Equal(["/secrets/acme-account", "/secrets/certificate"], azure.Kept.Keys.Order(StringComparer.Ordinal));
        Assert.All(azure.Asked, asked => Assert.EndsWith("?api-version=7.4 Bearer for https://vault.azure.net/.default", asked, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mail.example.org", "_acme-challenge.mail")]
    [InlineData("a.b.example.org", "_acme-challenge.a.b")]
    [InlineData("example.org", "_acme-challenge")]
    [InlineData("mail.example.net", "_acme-challenge.mail.example.net")] // a CNAME leads here
    [InlineData("notexample.org", "_acme-challenge.notexample.org")]
    public async Task The_record_of_a_proof_is_written_and_written_over(string name, string record)
    {
        await using var azure = await ScriptedAzure.StartAsync(_certificates);
        using var calls = Calls();
        var zone = new AzureDnsZone(calls, Zone, TimeSpan.Zero, azure.Address);
        var challenge = new Challenge(name, "token", "token.thumbprint");

        await zone.PublishAsync(challenge, TestContext.Current.CancellationToken);
        var (path, kept) = Assert.Single(azure.Kept);
        Assert.Equal($"{Zone}/TXT/{record}", path);
        var written = """{"properties":{"TTL":60,"TXTRecords":[{"value":["?"]}]}}""";
        Assert.Equal(written.Replace("?", challenge.RecordValue, StringComparison.Ordinal), kept.ToJsonString());
        await zone.WithdrawAsync(challenge, TestContext.Current.CancellationToken);

        Assert.Equal("""{"properties":{"TTL":60,"TXTRecords":[{"value":["-"]}]}}""", Assert.Single(azure.Kept).Value.ToJsonString());
        Assert.All(
            azure.Asked,
            asked => Assert.EndsWith("?api-version=2018-05-01 Bearer for https://management.azure.com/.default", asked, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"error":{"code":"Forbidden","message":"Caller is not\nauthorized"}}""", "127.0.0.7 says 403 Forbidden: Caller is not authorized")]
    [InlineData("<html>", "127.0.0.7 says 403")]
    [InlineData("", "127.0.0.7 says 403")]
    [InlineData("null", "127.0.0.7 says 403")]
    public async Task What_Azure_refuses_is_told_in_its_words(string body, string told)
    {
        await using var azure = await ScriptedAzure.StartAsync(_certificates);
        azure.Answer = new RawAnswer(403, body);
        using var calls = Calls();
        var store = new KeyVaultSecrets(calls, azure.Address);
        var zone = new AzureDnsZone(calls, Zone, TimeSpan.Zero, azure.Address);

        var reading = await Assert.ThrowsAsync<AcmeException>(() => store.ReadAsync(StoredItem.Account, TestContext.Current.CancellationToken));
        var writing = await Assert.ThrowsAsync<AcmeException>(() => store.WriteAsync(StoredItem.Certificate, "secret", TestContext.Current.CancellationToken));
        var proving = await Assert.ThrowsAsync<AcmeException>(
            () => zone.PublishAsync(new Challenge("a.test", "t", "t.k"), TestContext.Current.CancellationToken));

        Assert.Equal($"the secret 'acme-account' cannot be read: {told}", reading.Message);
        Assert.Equal($"the secret 'certificate' cannot be written: {told}", writing.Message);
        Assert.Equal($"the record _acme-challenge.a.test of the zone example.org could not be written: {told}", proving.Message);
    }

    [Fact]
    public async Task No_token_is_sent_to_whom_we_do_not_believe()
    {
        await using var azure = await ScriptedAzure.StartAsync(_certificates);
        using var others = new TestCertificates();
        using var calls = new AzureCalls(Token, [others.Root], TimeProvider.System);

        await Assert.ThrowsAsync<AcmeException>(
            () => new KeyVaultSecrets(calls, azure.Address).ReadAsync(StoredItem.Account, TestContext.Current.CancellationToken));

        Assert.Empty(azure.Asked);
    }

    public void Dispose() => _certificates.Dispose();

    private AzureCalls Calls() => new(Token, [_certificates.Root], TimeProvider.System);

    private static ValueTask<string> Token(string scope, CancellationToken cancellationToken) => new($"for {scope}");
}
