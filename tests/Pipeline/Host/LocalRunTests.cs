// A whole local run with stand-ins for gateway and function app: its ready line, its restarts and its end.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using MailFunctions.Local;
using MailFunctions.Mail;
using MailFunctions.Rig;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Pipeline.Host;

public sealed class LocalRunTests(AzuriteServer azurite) : IDisposable
{
    private readonly ScriptedApp _app = new();
    private readonly string _data = Directory.CreateTempSubdirectory("data-").FullName;
    private readonly ConcurrentLines _answers = new();
    private readonly ConcurrentLines _lines = new();
    private readonly CancellationTokenSource _stop = new();

    [Fact]
    public async Task Everything_starts_is_named_restarts_when_killed_and_stops_in_order()
    {
        var storage = azurite.FreshAccount();
        var run = StartAsync(storage);
        await HostRig.UntilAsync(() => Answers().Contains("ready {", StringComparison.Ordinal) || run.IsCompleted, "the ready line");
        Assert.False(run.IsCompleted, _lines.ToString());

        var line = Answers().TrimEnd().Split('\n')[^1];
        Assert.StartsWith("ready {", line, StringComparison.Ordinal);
        var ready = JsonDocument.Parse(line[6..]).RootElement;
        Assert.Equal(storage, ready.GetProperty("storage").GetString());
        Assert.Equal(Pids(), JsonSerializer.Deserialize<Dictionary<string, int>>(ready.GetProperty("pids")));
        Assert.Equal(Pids()["functions"], _app.Workers[^1]);
        var smtp = ready.GetProperty("smtp").GetString()!;
        Assert.Equal($"{Pids()["gateway"]} mail.example.test", await GreetingAsync(smtp));

        var killed = Pids();
        Kill(killed["gateway"]);
        Kill(killed["functions"]);
        await HostRig.UntilAsync(async () => await GreetingAsync(smtp) is { Length: > 0 }, "the gateway is back");
        Assert.Equal($"{Pids()["gateway"]} mail.example.test", await GreetingAsync(smtp));
        Assert.NotEqual(killed["gateway"], Pids()["gateway"]);
        await HostRig.UntilAsync(() => _app.Workers.Count == 2, "the function app is back");
        Assert.Equal(_app.Workers[^1], Pids()["functions"]);

        var last = Pids();
        await _stop.CancelAsync();
        Assert.Equal(0, await run);
        Assert.Contains("gateway   | drained", _lines.ToString(), StringComparison.Ordinal);
        Assert.All(last.Values, pid => Assert.False(Directory.Exists($"/proc/{pid}")));
        Assert.False(File.Exists(Path.Combine(_data, "pids.json")));
    }

    [Fact]
    public async Task A_function_app_that_cannot_run_is_explained()
    {
        File.Delete(Path.Combine(_app.Folder, "host.json"));

        Assert.Equal(1, await StartAsync(azurite.FreshAccount()));
        Assert.Contains("no host.json", _lines.ToString(), StringComparison.Ordinal);
        Assert.Equal("", Answers());
    }

    [Fact]
    public async Task Storage_that_cannot_be_used_is_explained()
    {
        var stranger = azurite.FreshAccount().Replace("AccountKey=E", "AccountKey=F", StringComparison.Ordinal);

        Assert.Equal(1, await StartAsync(stranger));
        Assert.Contains("--storage", _lines.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("AccountKey", _lines.ToString(), StringComparison.Ordinal);
        Assert.Equal("", Answers());
    }

    [Fact]
    public async Task A_second_run_on_the_same_data_is_refused()
    {
        using var first = DataFolderLock.TryTake(_data);

        Assert.Equal(1, await StartAsync(azurite.FreshAccount()));
        Assert.Contains("--data", _lines.ToString(), StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _app.Dispose();
        Directory.Delete(_data, recursive: true);
        _stop.Dispose();
        _lines.Dispose();
        _answers.Dispose();
    }

    private async Task<int> StartAsync(string storage)
    {
        var options = new LocalOptions
        {
            DataFolder = _data, PortOffset = AzuriteServer.FreePorts(1000) - 2080, Storage = storage, Domains = [DomainName.Parse("example.test")],
            Accounts = [new WantedAccount(EmailAddress.Parse("alice@example.test"), "pw")], Aliases = [],
        };
        var gateway = Path.Combine(AzuriteServer.RepositoryRoot, "tests", "Pipeline", "Host", "gateway.mjs");
        var run = new LocalRun(
            options, new BuiltPaths("", _app.Folder, gateway), new Output(_answers, _lines), NullLoggerFactory.Instance,
            TimeProvider.System);
        return await run.RunAsync(_stop.Token);
    }

    private string Answers() => _answers.ToString();

    private Dictionary<string, int> Pids() =>
        JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(Path.Combine(_data, "pids.json")))!;

    private static void Kill(int pid)
    {
        using var process = Process.GetProcessById(pid);
        process.Kill();
    }

    private static async Task<string> GreetingAsync(string address)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", int.Parse(address.Split(':')[1]));
            using var reader = new StreamReader(client.GetStream());
            return (await reader.ReadToEndAsync()).Trim();
        }
        catch (Exception trouble) when (trouble is SocketException or IOException)
        {
            return "";
        }
    }

    private sealed class ConcurrentLines : StringWriter
    {
        private readonly ConcurrentQueue<string> _all = new();

        public override void WriteLine(string? value) => _all.Enqueue(value ?? "");

        public override string ToString() => string.Join('\n', _all);
    }
}
