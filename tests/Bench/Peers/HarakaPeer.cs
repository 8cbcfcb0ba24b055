// Haraka as it comes from npm, with one small plugin that stores each message in a file.
using System.Diagnostics;
using MailFunctions.Local;
using MailFunctions.Rig;

namespace MailFunctions.Bench.Peers;

/// <summary>
/// One worker, as Haraka has by itself. The plugin accepts every recipient; at the end of the data it writes the message to a new file, calls fsync on it
/// and closes it, and only then the client hears 250. It neither renames the file nor syncs its folder, and nothing is delivered further.
/// </summary>
internal sealed class HarakaPeer : MailServer
{
    private const string Version = "3.3.4";

    private const string Plugin = """
        // Stores each message in a file of its own: write, fsync, close, then 250.
        'use strict'
        const fs = require('node:fs')
        const path = require('node:path')

        exports.hook_rcpt = (next) => next(OK)

        exports.hook_queue = (next, connection) => {
          const file = fs.createWriteStream(path.join(process.env.BENCH_MAIL, connection.transaction.uuid), { flush: true })
          file.on('error', (error) => next(DENYSOFT, error.message))
          file.on('close', () => next(OK))
          connection.transaction.message_stream.pipe(file)
        }

        """;

    private readonly string _folder;
    private readonly ServerProcess _process;

    private HarakaPeer(int port, string folder, ServerProcess process)
        : base("Haraka, file and fsync", port)
    {
        _folder = folder;
        _process = process;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Part, int Id)> Processes => [("all", _process.Id)];

    /// <summary>Installs it into a folder for temporary files, where it stays for the next run, and starts it; null where npm cannot.</summary>
    public static async Task<HarakaPeer?> StartAsync(CancellationToken cancellationToken)
    {
        var program = Path.Combine(Path.GetTempPath(), $"mailfunctions-bench-haraka-{Version}");
        var script = Path.Combine(program, "node_modules", "Haraka", "bin", "haraka");
        if (!File.Exists(script) && !await InstallAsync(program, cancellationToken))
            return null;
        var folder = Directory.CreateTempSubdirectory("bench-haraka-").FullName;
        foreach (var name in new[] { "config", "plugins", "mail" })
            Directory.CreateDirectory(Path.Combine(folder, name));
        var port = AzuriteServer.FreePorts(1);
        foreach (var (name, text) in new Dictionary<string, string>
        {
            ["config/smtp.ini"] = $"listen=127.0.0.1:{port}\n", ["config/plugins"] = "bench_file\n", ["config/me"] = "mx.bench.test\n",
            ["config/databytes"] = "52428800\n", ["plugins/bench_file.js"] = Plugin,
        })
            await File.WriteAllTextAsync(Path.Combine(folder, name), text, cancellationToken);
        const string needed = "config/connection.ini"; // without it Haraka cannot greet
        File.Copy(Path.Combine(program, "node_modules", "Haraka", needed), Path.Combine(folder, needed));
        var process = await ServerProcess.StartAsync(new ChildCommand("node", [script, "-c", folder])
        {
            Environment = new Dictionary<string, string> { ["BENCH_MAIL"] = Path.Combine(folder, "mail") }, OrphanSignal = "TERM",
        });
        var peer = new HarakaPeer(port, folder, process);
        await peer.WaitForGreetingAsync(cancellationToken);
        return peer;
    }

    /// <inheritdoc/>
    public override Task ForgetMailAsync(CancellationToken cancellationToken)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder, "mail")).ToList())
            File.Delete(file);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <inheritdoc/>
    protected override ValueTask<bool> IsDrainedAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

    private static async Task<bool> InstallAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            string[] quietly = ["--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error"];
            using var npm = Process.Start("npm", ["install", .. quietly, "--prefix", folder, $"Haraka@{Version}"]);
            await npm.WaitForExitAsync(cancellationToken);
            return npm.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no npm
        }
    }
}
