// Mail to domains with MTA-STS policies, whose exchanger is a real Postfix with a certificate that is good for one of its names.
using System.Security.Cryptography.X509Certificates;
using MailFunctions.Rig;
using MailFunctions.Rig.Peers;
using static MailFunctions.EndToEnd.RelayedMail;

namespace MailFunctions.EndToEnd;

public sealed class StrictTransport
{
    private const string Text = "From: alice@example.test\r\nSubject: x\r\n\r\nx\r\n";

    [Fact]
    public async Task Mail_goes_where_the_certificate_is_good_or_the_policy_is_only_tested_and_waits_where_it_is_bad()
    {
        using var authority = new TestAuthority();
        var folder = Directory.CreateTempSubdirectory("sts-");
        await WriteCertificatesAsync(authority, folder.FullName);
        await using var postfix = await PostfixServer.StartAsync(
            "127.0.0.21", ["good.test", "bad.test", "lax.test"],
            $"smtpd_tls_cert_file = {folder}/cert.pem\nsmtpd_tls_key_file = {folder}/key.pem\nsmtpd_tls_security_level = may\nsmtpd_tls_received_header = yes\n");
        await using var good = new PolicyServer(authority.Issue("mta-sts.good.test"), "127.0.0.22").Publish(Policy("enforce", "good.test"));
        await using var bad = new PolicyServer(authority.Issue("mta-sts.bad.test"), "127.0.0.23", good.EndPoint.Port).Publish(Policy("enforce", "bad.test"));
        await using var lax = new PolicyServer(authority.Issue("mta-sts.lax.test"), "127.0.0.24", good.EndPoint.Port).Publish(Policy("testing", "lax.test"));
        await using var names = await NameServer.StartAsync(new()
        {
            ["good.test"] = Zone("127.0.0.22"), ["bad.test"] = Zone("127.0.0.23"), ["lax.test"] = Zone("127.0.0.24"),
        });
        await using var system = await StartAsync(names, postfix.Port, new Dictionary<string, string>
        {
            ["Mail__Relay__MtaStsPort"] = $"{good.EndPoint.Port}", ["Mail__Relay__Certificate"] = $"{folder}/ca.pem",
        });

        await SubmitAsync(system, Text, "bob@bad.test");
        await SaidAsync(system, "no session for bad.test with mx.bad.test: TLS handshake failed");
        await SubmitAsync(system, Text, "bob@good.test");
        await SubmitAsync(system, Text, "bob@lax.test");

        var arrived = await UntilAsync(postfix, 2);
        Assert.All(arrived, message => Assert.Contains("(using TLSv1.3", message, StringComparison.Ordinal));
        Assert.Equal(["bob@good.test", "bob@lax.test"], arrived.Select(RecipientOf).Order(StringComparer.Ordinal));
        await SaidAsync(system, "the MTA-STS policy of lax.test, which is only tested, would not allow mx.lax.test: its certificate is not good for its name");
        Assert.Equal((1, 1, 1), (good.Asked.Count, bad.Asked.Count, lax.Asked.Count));
        Assert.Contains("bad.test", (await Mailctl.RunAsync(system, "queue", "list")).Text, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    private static string Policy(string mode, string domain) => $"version: STSv1\r\nmode: {mode}\r\nmx: mx.{domain}\r\nmax_age: 604800\r\n";

    private static string Zone(string policyHost) => $"@ IN MX 10 mx\nmx IN A 127.0.0.21\nmta-sts IN A {policyHost}\n_mta-sts IN TXT \"v=STSv1; id=1;\"";

    private static string RecipientOf(string message) => message.Split('\n').First(line => line.StartsWith("Delivered-To: ", StringComparison.Ordinal))[14..];

    private static async Task WriteCertificatesAsync(TestAuthority authority, string folder)
    {
        using var certificate = authority.IssueRsa("mx.good.test");
        using var key = certificate.GetRSAPrivateKey()!;
        await File.WriteAllTextAsync($"{folder}/cert.pem", certificate.ExportCertificatePem());
        await File.WriteAllTextAsync($"{folder}/key.pem", key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync($"{folder}/ca.pem", authority.Roots[0].ExportCertificatePem());
    }

    private static async Task SaidAsync(LocalSystem system, string text)
    {
        for (var tries = 0; !system.Log.Any(line => line.Contains(text, StringComparison.Ordinal)); tries++)
        {
            Assert.True(tries < 600, string.Join('\n', system.Log));
            await Task.Delay(100);
        }
    }
}
