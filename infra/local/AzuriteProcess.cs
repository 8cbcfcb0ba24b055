// Azurite, the storage emulator, as a child process: started on given ports, watched, and always stopped by SIGTERM.
using System.Collections.Concurrent;
using System.Net.Sockets;

namespace MailFunctions.Local;

/// <summary>
/// A running Azurite. It keeps its index in memory and saves it every few seconds, so it is never killed: a killed Azurite forgets acknowledged
/// writes, and it is the one program here that stands for a service that does not.
/// </summary>
public sealed class AzuriteProcess : IAsyncDisposable
{
    // The emulator's published account; it opens nothing but this process.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const int KeptLines = 50;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StartPoll = TimeSpan.FromMilliseconds(50);

    private readonly ChildProcess _child;
    private readonly TimeProvider _time;
    private readonly int _blobPort;

    private AzuriteProcess(ChildProcess child, int blobPort, TimeProvider time)
    {
        _child = child;
        _blobPort = blobPort;
        _time = time;
    }

    /// <summary>How to reach its usual account.</summary>
    public string ConnectionString => ConnectionStringOf(Account);

    /// <summary>How to reach one of the accounts that it was started with.</summary>
    public string ConnectionStringOf(string account) =>
        $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{_blobPort}/{account};"
        + $"QueueEndpoint=http://127.0.0.1:{_blobPort + 1}/{account};TableEndpoint=http://127.0.0.1:{_blobPort + 2}/{account};";

    /// <summary>Its process id.</summary>
    public int Id => _child.Id;

    /// <summary>Ends when the process ends, for whatever reason.</summary>
    public Task Exited => _child.Exited;

    /// <summary>Starts Azurite from <paramref name="nodeModules"/> and waits until its ports answer.</summary>
    /// <param name="nodeModules">The node_modules folder that holds it.</param>
    /// <param name="dataFolder">Where it keeps its files; made if missing.</param>
    /// <param name="blobPort">The port of the blob service; the queue and table services take the next two.</param>
    /// <param name="accounts">The accounts it has; null for the usual one.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="InvalidOperationException">It ended at once or did not answer within a minute; the message carries what it said.</exception>
    public static async Task<AzuriteProcess> StartAsync(
        string nodeModules, string dataFolder, int blobPort, IEnumerable<string>? accounts, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(dataFolder);
        var time = TimeProvider.System;
        var said = new ConcurrentQueue<string>();
        var child = await ChildProcess.StartAsync(
            CommandFor(nodeModules, dataFolder, blobPort, accounts),
            _ => Task.CompletedTask,
            line =>
            {
                if (said.Count < KeptLines)
                    said.Enqueue(line);
            });
        var azurite = new AzuriteProcess(child, blobPort, time);
        try
        {
            var started = time.GetTimestamp();
            for (var port = blobPort; port < blobPort + 3;)
            {
                if (child.Exited.IsCompleted || time.GetElapsedTime(started) > StartLimit)
                    throw new InvalidOperationException($"Azurite did not start on port {port}: {string.Join(' ', said)}");
                if (await AnswersAsync(port, cancellationToken))
                    port++;
                else
                    await Task.Delay(StartPoll, time, cancellationToken);
            }
            return azurite;
        }
        catch
        {
            await azurite.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks it to stop by SIGTERM and waits until it has written everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await _child.TerminateAsync(StopLimit, _time);
        await _child.DisposeAsync();
    }

    private static ChildCommand CommandFor(string nodeModules, string dataFolder, int blobPort, IEnumerable<string>? accounts)
    {
        string[] arguments =
        [
            Path.Combine(nodeModules, "azurite", "dist", "src", "azurite.js"), "--silent", "--disableTelemetry", "--location", dataFolder,
            "--blobHost", "127.0.0.1", "--queueHost", "127.0.0.1", "--tableHost", "127.0.0.1",
            "--blobPort", $"{blobPort}", "--queuePort", $"{blobPort + 1}", "--tablePort", $"{blobPort + 2}",
        ];
        var environment = new Dictionary<string, string>();
        if (accounts is not null)
            environment["AZURITE_ACCOUNTS"] = string.Join(';', accounts.Select(account => $"{account}:{Key}"));
        return new ChildCommand("node", arguments) { Environment = environment, OrphanSignal = "TERM" };
    }

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
