// mailctl certificate, against an authority that really looks for the proof; and what a client of the gateway sees of a renewal.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailFunctions.Gateway;
using MailFunctions.Gateway.Connections;
using MailFunctions.Mailctl;
using MailFunctions.Pipeline.Mailctl;
using MailFunctions.Rig;
using MailFunctions.Rig.Acme;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Pipeline.Certificates;

public sealed class IssuingTests : IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("acme-");
    private readonly int _port = AzuriteServer.FreePorts(1);

    private string Roots => Path.Combine(_folder.FullName, "roots.pem");

    private string Tls => Path.Combine(_folder.FullName, "tls");

    private string Pem => Path.Combine(Tls, "certificate.pem");

    [Fact]
    public async Task A_certificate_is_issued_by_http_then_kept_then_renewed_and_shown()
    {
        await using var authority = await StartAsync(LookByHttpAsync);

        var issued = await RunAsync($"certificate issue Mail.Example.org pop.example.org {Place} {Http} {At(authority)} --email boss@example.org --json");
        Assert.Equal((ExitCode.Done, ""), (issued.Code, issued.Error));
        Assert.Equal("issued", issued.Json.GetProperty("action").GetString());
        Assert.Equal(["mail.example.org", "pop.example.org"], issued.Json.GetProperty("names").EnumerateArray().Select(name => name.GetString()!));
        Assert.Equal(["mailto:boss@example.org"], authority.Contacts);

        var kept = await RunAsync($"certificate renew {Place} {Http} --json");
        Assert.Equal((ExitCode.Done, "kept"), (kept.Code, kept.Json.GetProperty("action").GetString()));
        Assert.Equal(Serial(issued), Serial(kept));

        var renewed = await RunAsync($"certificate renew {Place} {Http} --force --json");
        Assert.Equal((ExitCode.Done, "renewed"), (renewed.Code, renewed.Json.GetProperty("action").GetString()));
        Assert.NotEqual(Serial(issued), Serial(renewed));

        var shown = await RunAsync($"certificate show --out {Tls}");
        Assert.Contains("mail.example.org, pop.example.org: certificate shown", shown.Output, StringComparison.Ordinal);
        Assert.Contains($"issued by CN=Authority of tests, serial {Serial(renewed)}", shown.Output, StringComparison.Ordinal);
        Assert.Empty(authority.Faults);
        Assert.Equal(["acme-account.json", "certificate.pem"], Directory.EnumerateFiles(Tls).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (var file in Directory.EnumerateFiles(Tls).Where(_ => !OperatingSystem.IsWindows()))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ModeOf(file));
    }

    [Fact]
    public async Task F37_a_client_of_the_running_gateway_sees_the_renewed_certificate_and_its_chain()
    {
        await using var authority = await StartAsync(LookByHttpAsync);
        Assert.Equal(ExitCode.Done, (await RunAsync($"certificate issue mail.example.org {Place} {Http} {At(authority)}")).Code);
        var options = new GatewayOptions { Tls = new TlsOptions { Certificate = Pem } };
        var tls = new TlsListeners(options);
        using var watch = new CertificateWatch(options, tls, TimeProvider.System, NullLogger<CertificateWatch>.Instance);
        var before = await HandshakeAsync(tls);

        var renewed = await RunAsync($"certificate renew {Place} {Http} --force --json");
        watch.Look();

        var after = await HandshakeAsync(tls);
        Assert.NotEqual(before, after);
        Assert.Equal(Serial(renewed), after);
    }

    [Fact]
    public async Task A_program_of_the_operators_sets_the_record_and_takes_it_away()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The hook of this test is a shell script.");
        var records = Path.Combine(_folder.FullName, "records");
        var hook = Path.Combine(_folder.FullName, "hook");
        await WriteProgramAsync(hook, $"#!/bin/sh\necho \"$@\" >> '{records}'\n");
        await using var authority = await StartAsync((name, _, proof) => Task.FromResult(
            File.ReadAllText(records) == $"set _acme-challenge.{name} {new MailFunctions.Acme.Challenge(name, "", proof).RecordValue}\n"));

        var issued = await RunAsync($"certificate issue mail.example.org {Place} --dns-hook {hook} --wait 0 {At(authority)}");

        Assert.Equal((ExitCode.Done, ""), (issued.Code, issued.Error));
        var lines = await File.ReadAllLinesAsync(records);
        Assert.Equal(["set", "unset"], lines.Select(line => line.Split(' ')[0]));
        Assert.Equal(lines[0][4..], lines[1][6..]);
    }

    [Theory]
    [InlineData("#!/bin/sh\necho 'no such zone' >&2\nexit 3\n", "ended with 3: no such zone")]
    [InlineData(null, "could not be started")]
    public async Task A_hook_that_fails_is_told_of(string? script, string told)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The hook of this test is a shell script.");
        var hook = Path.Combine(_folder.FullName, "hook");
        if (script is not null)
            await WriteProgramAsync(hook, script);
        await using var authority = await StartAsync(null);

        var said = await RunAsync($"certificate issue mail.example.org {Place} --dns-hook {hook} --wait 0 {At(authority)}");

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains(told, said.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Pem));
    }

    [Fact]
    public async Task What_is_refused_ends_with_1_what_cannot_be_reached_with_3_and_neither_changes_the_certificate()
    {
        await using (var authority = await StartAsync(LookByHttpAsync))
        {
            Assert.Equal(ExitCode.Done, (await RunAsync($"certificate issue mail.example.org {Place} {Http} {At(authority)}")).Code);
            var before = await File.ReadAllTextAsync(Pem);
            await using var strict = await StartAsync((_, _, _) => Task.FromResult(false));

            var refused = await RunAsync($"certificate issue mail.example.org {Place} {Http} {At(strict)}");
            Assert.Equal(ExitCode.Refused, refused.Code);
            Assert.Matches(@"^mailctl: 127\.0\.0\.8 could not see by http-01 that mail\.example\.org is ours [^\n]*\n$", refused.Error);
            var unagreed = await RunAsync($"certificate issue mail.example.org {Place} {Http} --directory {authority.Directory}");
            Assert.Equal(ExitCode.Refused, unagreed.Code);
            Assert.Contains("terms of service", unagreed.Error, StringComparison.Ordinal);
            Assert.Equal(before, await File.ReadAllTextAsync(Pem));
        }
        var unreached = await RunAsync($"certificate issue mail.example.org {Place} {Http} --agree-to-terms --directory https://127.0.0.8:{_port}/");
        Assert.Equal(ExitCode.Unreachable, unreached.Code);
        var taken = await RunAsync($"certificate renew {Place} --http 192.0.2.1:80");
        Assert.Equal(ExitCode.Refused, taken.Code);
        Assert.Contains("192.0.2.1:80 cannot be listened on", taken.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("certificate show --out {0}/none", "holds no certificate")]
    [InlineData("certificate renew --out {0}/none --http 127.0.0.1:0", "run 'mailctl certificate issue' once")]
    [InlineData("certificate renew --out {0} --http 127.0.0.1:0 --authority-certificate {0}/none.pem", "none.pem cannot be read as PEM certificates")]
    [InlineData("certificate issue a.test --out {0} --http 127.0.0.1:0 --eab-kid k --eab-key-file {0}/none", "none cannot be read as a key in base64url")]
    public async Task What_is_missing_is_named(string arguments, string told)
    {
        var said = await RunAsync(arguments.Replace("{0}", _folder.FullName, StringComparison.Ordinal));

        Assert.Equal((ExitCode.Refused, ""), (said.Code, said.Output));
        Assert.Contains(told, said.Error, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _certificates.Dispose();
    }

    private string Place => $"--out {Tls} --authority-certificate {Roots}";

    private string Http => $"--http 127.0.0.1:{_port}";

    private static UnixFileMode? ModeOf(string file) => OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(file);

    private static async Task WriteProgramAsync(string path, string script)
    {
        await File.WriteAllTextAsync(path, script);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static string At(ScriptedAuthority authority) => $"--agree-to-terms --directory {authority.Directory}";

    private static string Serial(Said said) => said.Json.GetProperty("serial").GetString()!;

    private async Task<ScriptedAuthority> StartAsync(Func<string, string, string, Task<bool>>? look)
    {
        await File.WriteAllTextAsync(Roots, _certificates.Root.ExportCertificatePem());
        return await ScriptedAuthority.StartAsync(new AuthorityScript { Look = look }, _certificates, TimeProvider.System);
    }

    private async Task<bool> LookByHttpAsync(string name, string token, string proof)
    {
        using var http = new HttpClient();
        var text = await http.GetStringAsync($"http://127.0.0.1:{_port}/.well-known/acme-challenge/{token}");
        var other = await http.GetAsync($"http://127.0.0.1:{_port}/.well-known/acme-challenge/other");
        return text == proof && other.StatusCode == HttpStatusCode.NotFound;
    }

    // No mail storage is named: none is needed.
    private static async Task<Said> RunAsync(string arguments)
    {
        await using var output = new StringWriter { NewLine = "\n" };
        await using var error = new StringWriter { NewLine = "\n" };
        var workstation = new Workstation { Input = Stream.Null, Output = output, Error = error, Variable = _ => null };
        var code = await new CommandLine(workstation).RunAsync(arguments.Split(' '), TestContext.Current.CancellationToken);
        return new Said(code, output.ToString(), error.ToString());
    }

    // As a client that believes the authority's root and nothing else: so the chain must have come along.
    private async Task<string> HandshakeAsync(TlsListeners tls)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var served = await listener.AcceptTcpClientAsync();
        await using var server = new SslStream(served.GetStream());
        await using var stream = new SslStream(client.GetStream());
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(_certificates.Root);
        await Task.WhenAll(
            server.AuthenticateAsServerAsync(tls.Of(Listeners.Rows[0])),
            stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "mail.example.org", CertificateChainPolicy = policy }));
        return stream.RemoteCertificate!.GetSerialNumberString();
    }
}
