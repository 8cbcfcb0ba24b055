// A real rspamd that judges messages, and asks a test's name server only.
using System.Net.Http.Json;
using System.Text.Json;
using MailFunctions.Local;

namespace MailFunctions.Rig.Peers;

/// <summary>rspamd with its modules for SPF, DKIM, DMARC and ARC and its rules, no other network than the name server it is given.</summary>
public sealed class RspamdServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;
    private readonly DirectoryInfo _folder;
    private readonly HttpClient _client = new() { Timeout = Patience };

    private RspamdServer(ChildProcess process, DirectoryInfo folder, int port) =>
        (_process, _folder, Address) = (process, folder, new Uri($"http://127.0.0.1:{port}"));

    /// <summary>Where it answers.</summary>
    public Uri Address { get; }

    /// <summary>Starts one; skips the test where it is not installed or cannot run.</summary>
    /// <param name="nameServer">As <c>127.0.0.1:5353</c>.</param>
    public static async Task<RspamdServer> StartAsync(string nameServer)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/rspamd"), "rspamd is not installed.");
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "rspamd runs as root on Linux only.");
        var folder = Directory.CreateTempSubdirectory("rspamd-");
        var port = AzuriteServer.FreePorts(1);
        await File.WriteAllTextAsync($"{folder}/rspamd.conf", $$"""
            options {
              pidfile = "{{folder}}/rspamd.pid";
              control_socket = "{{folder}}/control.sock mode=0600";
              hs_cache_dir = "{{folder}}";
              tempdir = "{{folder}}";
              url_tld = "/usr/share/rspamd/effective_tld_names.dat";
              filters = "dkim";
              local_addrs = "";
              dns { nameserver = ["{{nameServer}}"]; timeout = 1s; retransmits = 2; }
            }
            lua = "/usr/share/rspamd/rules/rspamd.lua";
            modules {
              path = "/usr/share/rspamd/plugins/spf.lua";
              path = "/usr/share/rspamd/plugins/dmarc.lua";
              path = "/usr/share/rspamd/plugins/arc.lua";
            }
            spf { } dkim { } arc { } dmarc { }
            actions { reject = 15; add_header = 6; greylist = 4; }
            logging { type = "console"; level = "warning"; }
            worker "normal" { bind_socket = "127.0.0.1:{{port}}"; count = 1; mime = true; }
            """);
        var command = new ChildCommand("/usr/bin/rspamd", ["-f", "-i", "-u", "root", "-g", "root", "-c", $"{folder}/rspamd.conf"]) { OrphanSignal = "TERM" };
        var process = await ChildProcess.StartAsync(command, _ => Task.CompletedTask, _ => { });
        var server = new RspamdServer(process, folder, port);
        var until = DateTime.UtcNow + Patience;
        while (!await server.AnswersAsync())
        {
            if (DateTime.UtcNow > until)
            {
                await server.DisposeAsync();
                Assert.Fail("rspamd did not start.");
            }
            await Task.Delay(100);
        }
        return server;
    }

    /// <summary>The names of what it finds of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="client">The address of the client that brings it.</param>
    /// <param name="sender">The reverse-path.</param>
    public async Task<IReadOnlyList<string>> JudgeAsync(byte[] message, string client, string sender)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, "/checkv2")) { Content = new ByteArrayContent(message) };
        foreach (var (name, value) in new[] { ("IP", client), ("From", sender), ("Rcpt", "bob@far.test"), ("Helo", "mx.client.test"), ("Hostname", "mx.client.test") })
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return [.. answer.GetProperty("symbols").EnumerateObject().Select(symbol => symbol.Name).Order(StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (!await _process.TerminateAsync(Patience, TimeProvider.System))
            _process.Kill();
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return (await _client.GetAsync(new Uri(Address, "/ping"))).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
