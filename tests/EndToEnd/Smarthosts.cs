// Postfix as our smarthost and we as Postfix's, each under TLS and with a login.
using MailFunctions.Rig;
using static MailFunctions.EndToEnd.RelayedMail;

namespace MailFunctions.EndToEnd;

public sealed class Smarthosts
{
    private const string Text = "From: alice@example.test\r\nDate: Tue, 3 Feb 2026 12:00:05 +0000\r\nMessage-ID: <1@example.test>\r\nSubject: x\r\n\r\n.dot\r\n8-bit \u00e4\r\n";

    [Theory]
    [InlineData("127.0.0.16", "SCRAM-SHA-256")]
    [InlineData("127.0.0.17", "PLAIN")]
    [InlineData("127.0.0.18", "LOGIN")]
    public async Task Our_mail_leaves_by_a_Postfix_that_demands_TLS_and_a_login(string address, string mechanism)
    {
        await using var postfix = await StartWithLoginsAsync(address, mechanism);
        await using var names = await NameServer.StartAsync(new() { ["far.test"] = $"@ IN MX 10 dead\ndead IN A 127.0.0.6\nsmart IN A {address}" });
        await using var system = await StartAsync(names, postfix.Server.Port, new Dictionary<string, string>
        {
            ["Mail__Smarthost__Host"] = "smart.far.test",
            ["Mail__Smarthost__Port"] = $"{postfix.Server.Port}",
            ["Mail__Smarthost__Username"] = "alice@far.test",
            ["Mail__Smarthost__Password"] = "pass word",
            ["Mail__Smarthost__Certificate"] = $"{postfix.Folder}/cert.pem",
        });
        await SubmitAsync(system, Text, "bob@far.test");
        var arrived = Assert.Single(await UntilAsync(postfix.Server, 1));
        Assert.EndsWith(Text.Replace("\r\n", "\n", StringComparison.Ordinal), arrived, StringComparison.Ordinal);
        Assert.Contains("(using TLSv1.3", arrived, StringComparison.Ordinal);
        Assert.Contains($"sasl_method={mechanism}, sasl_username=alice@far.test", postfix.Server.Log, StringComparison.Ordinal);
        await NothingIsLeftAsync(system);
    }

    [Fact]
    public async Task A_route_takes_one_domains_mail_by_a_Postfix_and_the_rest_goes_to_its_exchanger()
    {
        await using var office = await StartWithLoginsAsync("127.0.0.19", "PLAIN");
        await using var other = await PostfixServer.StartAsync("127.0.0.20", ["other.test"]);
        await using var names = await NameServer.StartAsync(new()
        {
            ["far.test"] = "@ IN MX 10 dead\ndead IN A 127.0.0.6\nsmart IN A 127.0.0.19", ["other.test"] = "@ IN MX 10 mx\nmx IN A 127.0.0.20",
        });
        await using var system = await StartAsync(names, other.Port, new Dictionary<string, string>
        {
            ["Mail__Smarthosts__OFFICE__Host"] = "smart.far.test",
            ["Mail__Smarthosts__OFFICE__Port"] = $"{office.Server.Port}",
            ["Mail__Smarthosts__OFFICE__Username"] = "alice@far.test",
            ["Mail__Smarthosts__OFFICE__Password"] = "pass word",
            ["Mail__Smarthosts__OFFICE__Certificate"] = $"{office.Folder}/cert.pem",
        });
        Assert.Equal(0, (await Mailctl.RunAsync(system, "route", "set", "far.test", "--via", "office")).ExitCode);
        await SubmitAsync(system, Text, "bob@far.test", "carol@other.test");
        Assert.Contains("bob@far.test", Assert.Single(await UntilAsync(office.Server, 1)), StringComparison.Ordinal);
        Assert.Contains("carol@other.test", Assert.Single(await UntilAsync(other, 1)), StringComparison.Ordinal);
        await NothingIsLeftAsync(system);
    }

    [Fact]
    public async Task A_Postfix_logs_in_to_us_under_TLS_and_its_mail_arrives()
    {
        await using var system = await LocalSystem.StartAsync([]);
        await using var postfix = await PostfixServer.StartAsync(
            "127.0.0.21", ["far.test"],
            $$"""
            relayhost = [127.0.0.1]:{{system.Port("submission")}}
            smtp_tls_security_level = encrypt
            smtp_sasl_auth_enable = yes
            smtp_sasl_security_options = noanonymous
            smtp_sasl_password_maps = inline:{ { [127.0.0.1]:{{system.Port("submission")}} = alice@example.test:{{LocalSystem.Password}} } }

            """);
        using var file = Mail.File(Text);
        await Tool.SucceedAsync("curl",
            ["-sS", $"smtp://{postfix.Address}:{postfix.Port}/client.test", "--mail-from", "alice@example.test", "--mail-rcpt", "bob@example.test", "-T", file.Path]);
        for (var tries = 0; !postfix.Log.Contains("status=", StringComparison.Ordinal) && tries < 600; tries++)
            await Task.Delay(100);
        Assert.True(postfix.Log.Contains("status=sent", StringComparison.Ordinal), postfix.Log);
        var message = Assert.Single(await Mail.WaitForAsync(system, "bob", 1));
        Assert.Contains(" with ESMTPSA id ", message, StringComparison.Ordinal);
        Assert.EndsWith(Text, message, StringComparison.Ordinal);
    }

    private sealed record LoginServer(PostfixServer Server, DirectoryInfo Folder) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            Folder.Delete(recursive: true);
        }
    }

    private static async Task<LoginServer> StartWithLoginsAsync(string address, string mechanism)
    {
        var saslpasswd = Tool.Require("saslpasswd2");
        var folder = Directory.CreateTempSubdirectory("sasl-");
        await Tool.SucceedAsync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=smart.far.test",
            "-addext", "subjectAltName=DNS:smart.far.test", "-keyout", $"{folder}/key.pem", "-out", $"{folder}/cert.pem"]);
        await Tool.SucceedAsync("bash", ["-c", $"printf 'pass word' | '{saslpasswd}' -p -c -f {folder}/sasldb -u far.test alice"]);
        await Tool.SucceedAsync("chmod", ["755", folder.FullName]);
        await Tool.SucceedAsync("chmod", ["644", $"{folder}/sasldb"]);
        var server = await PostfixServer.StartAsync(
            address, ["far.test"],
            $"""
            smtpd_tls_cert_file = {folder}/cert.pem
            smtpd_tls_key_file = {folder}/key.pem
            smtpd_tls_security_level = encrypt
            smtpd_tls_auth_only = yes
            smtpd_tls_received_header = yes
            smtpd_sasl_auth_enable = yes
            smtpd_sasl_local_domain = far.test
            smtpd_client_restrictions = permit_sasl_authenticated, reject
            smtpd_relay_restrictions = permit_sasl_authenticated, reject

            """,
            sasl: $"pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {folder}/sasldb\nmech_list: {mechanism}\n");
        return new LoginServer(server, folder);
    }
}
