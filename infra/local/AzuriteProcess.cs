// Azurite, the storage emulator, as a child process: started on given ports, watched, and always stopped by SIGTERM.
using System.Diagnostics;
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
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private readonly int _blobPort;

    private AzuriteProcess(Process process, int blobPort)
    {
        _process = process;
        _blobPort = blobPort;
    }

    /// <summary>How to reach its usual account.</summary>
    public string ConnectionString => ConnectionStringOf(Account);

    /// <summary>How to reach one of the accounts that it was started with.</summary>
    public string ConnectionStringOf(string account) =>
        $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{_blobPort}/{account};"
        + $"QueueEndpoint=http://127.0.0.1:{_blobPort + 1}/{account};TableEndpoint=http://127.0.0.1:{_blobPort + 2}/{account};";

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Ends when the process ends, for whatever reason.</summary>
    public Task Exited => _process.WaitForExitAsync(CancellationToken.None);

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
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        if (accounts is not null)
            start.Environment["AZURITE_ACCOUNTS"] = string.Join(';', accounts.Select(account => $"{account}:{Key}"));
        foreach (var argument in (string[])[
            Path.Combine(nodeModules, "azurite", "dist", "src", "azurite.js"), "--silent", "--disableTelemetry", "--location", dataFolder,
            "--blobHost", "127.0.0.1", "--queueHost", "127.0.0.1", "--tableHost", "127.0.0.1",
            "--blobPort", $"{blobPort}", "--queuePort", $"{blobPort + 1}", "--tablePort", $"{blobPort + 2}"])
        {
            start.ArgumentList.Add(argument);
        }
        var process = Process.Start(start) ?? throw new InvalidOperationException("node could not be started.");
        var said = new System.Collections.Concurrent.ConcurrentQueue<string>();
        void Keep(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is not null && said.Count < 50)
                said.Enqueue(line.Data);
        }
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        var azurite = new AzuriteProcess(process, blobPort);
        try
        {
            var started = Stopwatch.GetTimestamp();
            for (var port = blobPort; port < blobPort + 3;)
            {
                if (process.HasExited || Stopwatch.GetElapsedTime(started) > StartLimit)
                    throw new InvalidOperationException($"Azurite did not start on port {port}: {string.Join(' ', said)}");
                if (await AnswersAsync(port, cancellationToken))
                    port++;
                else
                    await Task.Delay(50, cancellationToken);
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
        if (!_process.HasExited)
        {
            using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]))
                await kill.WaitForExitAsync();
            using var limit = new CancellationTokenSource(StopLimit);
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        _process.Dispose();
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
