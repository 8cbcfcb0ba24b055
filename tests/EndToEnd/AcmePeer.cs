// Certificates from Pebble, the test authority of Let's Encrypt, by mailctl as a process.
using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MailFunctions.Rig;
using MailFunctions.Rig.Acme;

namespace MailFunctions.EndToEnd;

public sealed class AcmePeer : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pebble-");
    private readonly TestCertificates _certificates = new();
    private readonly List<Process> _processes = [];
    private readonly int _port = AzuriteServer.FreePorts(5);

    private string Authority => $"https://127.0.0.1:{_port}/dir";

    private string Proofs => $"127.0.0.1:{_port + 2}";

    [Fact]
    public async Task Pebble_issues_by_http_and_renews()
    {
        await StartAsync();

        var issued = await MailctlAsync(
            "issue", "mail.example.test", "pop.example.test", "--http", Proofs, "--agree-to-terms", "--email", "boss@example.test", "--directory", Authority);
        Assert.True(issued.ExitCode == 0, issued.Errors);
        Assert.Equal(["mail.example.test", "pop.example.test"], Names(issued));
        var renewed = await MailctlAsync("renew", "--force", "--http", Proofs);
        Assert.True(renewed.ExitCode == 0, renewed.Errors);
        Assert.NotEqual(Text(issued, "serial"), Text(renewed, "serial"));
        var kept = await MailctlAsync("renew", "--http", Proofs);
        Assert.Equal(("kept", Text(renewed, "serial")), (Text(kept, "action"), Text(kept, "serial")));

        // openssl reads the same key in certificate and key, and the name
        var pem = Path.Combine(_folder.FullName, "tls", "certificate.pem");
        var ofCertificate = await Tool.SucceedAsync("openssl", ["x509", "-in", pem, "-noout", "-pubkey"]);
        var ofKey = await Tool.SucceedAsync("openssl", ["pkey", "-in", pem, "-pubout"]);
        Assert.Equal(ofKey.Text, ofCertificate.Text);
        var names = await Tool.SucceedAsync("openssl", ["x509", "-in", pem, "-noout", "-ext", "subjectAltName"]);
        Assert.Contains("DNS:mail.example.test", names.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pebble_issues_by_a_record_that_a_hook_sets()
    {
        var curl = Tool.Require("curl");
        await StartAsync();
        var hook = Path.Combine(_folder.FullName, "hook");
        await File.WriteAllTextAsync(hook, $$"""
            #!/bin/sh
            if [ "$1" = set ]; then what=set-txt; else what=clear-txt; fi
            exec {{curl}} -fsS -d "{\"host\":\"$2.\",\"value\":\"$3\"}" http://127.0.0.1:{{_port + 4}}/$what
            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var issued = await MailctlAsync("issue", "mail.example.test", "--dns-hook", hook, "--wait", "0", "--agree-to-terms", "--directory", Authority);

        Assert.True(issued.ExitCode == 0, issued.Errors);
        Assert.Equal(["mail.example.test"], Names(issued));
    }

    [Fact]
    public async Task What_Pebble_does_not_find_it_does_not_issue_for()
    {
        await StartAsync();

        var refused = await MailctlAsync("issue", "mail.example.test", "--http", "127.0.0.1:0", "--agree-to-terms", "--directory", Authority);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("could not see by http-01 that mail.example.test is ours", refused.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "tls", "certificate.pem")));
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        _folder.Delete(recursive: true);
        _certificates.Dispose();
    }

    // Ports: the authority, its management, where it looks for proofs, its name server, and where the records of that are set.
    private async Task StartAsync()
    {
        var (pebble, names) = (Tool.Require("pebble"), Tool.Require("pebble-challtestsrv"));
        using (var server = _certificates.ForServer(System.Net.IPAddress.Loopback))
        {
            await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "server.pem"), server.ExportCertificatePem());
            using var key = server.GetECDsaPrivateKey()!;
            await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        }
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "roots.pem"), _certificates.Root.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "config.json"), $$"""
            { "pebble": { "listenAddress": "127.0.0.1:{{_port}}", "managementListenAddress": "127.0.0.1:{{_port + 1}}", "certificate": "{{_folder}}/server.pem",
              "privateKey": "{{_folder}}/key.pem", "httpPort": {{_port + 2}}, "tlsPort": 1, "ocspResponderURL": "" } }
            """);
        Run(
            names,
            [
                "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-dns01", $"127.0.0.1:{_port + 3}", "-http01", "", "-https01", "", "-tlsalpn01", "",
                "-management", $"127.0.0.1:{_port + 4}",
            ]);
        Run(pebble, ["-config", $"{_folder}/config.json", "-dnsserver", $"127.0.0.1:{_port + 3}"]);
        await AnswersAsync(_port);
        await AnswersAsync(_port + 4);
    }

    private void Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PEBBLE_VA_NOSLEEP"] = "1";
        start.Environment["PEBBLE_WFE_NONCEREJECT"] = "20"; // of a hundred
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }

    private static async Task AnswersAsync(int port)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException) when (tries < 200)
            {
                await Task.Delay(50);
            }
        }
    }

    private Task<ToolResult> MailctlAsync(string verb, params string[] arguments)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var program = Path.Combine(AzuriteServer.RepositoryRoot, "infra", "mailctl", "bin", configuration, "net10.0", "mailctl.dll");
        string[] place = ["--out", Path.Combine(_folder.FullName, "tls"), "--authority-certificate", Path.Combine(_folder.FullName, "roots.pem"), "--json"];
        return Tool.RunAsync("dotnet", [program, "certificate", verb, .. arguments, .. place]);
    }

    private static string Text(ToolResult result, string field) => JsonDocument.Parse(result.Text).RootElement.GetProperty(field).GetString()!;

    private static IEnumerable<string> Names(ToolResult result) =>
        JsonDocument.Parse(result.Text).RootElement.GetProperty("names").EnumerateArray().Select(name => name.GetString()!);
}
