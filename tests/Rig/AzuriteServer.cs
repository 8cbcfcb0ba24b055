// One Azurite for a whole test suite, on free ports and in a fresh folder.
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using MailFunctions.Local;

namespace MailFunctions.Rig;

/// <summary>
/// Azurite for a test assembly (an xunit assembly fixture). Tests keep out of each other's way by storage accounts of their own.
/// </summary>
public sealed class AzuriteServer : IAsyncLifetime
{
    private const int Accounts = 700;

    private int _taken;
    private readonly string _data = Directory.CreateTempSubdirectory("azurite-").FullName;
    private AzuriteProcess? _process;

    /// <summary>The connection string of a storage account that no other test uses and that holds nothing yet.</summary>
    public string FreshAccount()
    {
        var number = Interlocked.Increment(ref _taken);
        Assert.True(number <= Accounts, "More storage accounts are asked for than Azurite was started with.");
        return (_process ?? throw new InvalidOperationException("Azurite is not running.")).ConnectionStringOf($"test{number}");
    }

    /// <summary>The root of the repository that this test was built from.</summary>
    public static string RepositoryRoot { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(SourceFile())!, "..", ".."));

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var modules = Path.Combine(RepositoryRoot, "infra", "local", "node_modules");
        Assert.True(Directory.Exists(Path.Combine(modules, "azurite")), $"Azurite is missing in {modules}: run 'npm ci' in infra/local, or tests/run.");
        _process = await AzuriteProcess.StartAsync(modules, _data, FreePorts(3), Enumerable.Range(1, Accounts).Select(number => $"test{number}"), CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    /// <summary>The first of <paramref name="count"/> consecutive ports of 127.0.0.1 that are free now.</summary>
    public static int FreePorts(int count)
    {
        for (; ; )
        {
            var first = Random.Shared.Next(20_000, 32_000); // below the range the kernel hands out to clients
            if (Enumerable.Range(first, count).All(IsFree))
                return first;
        }
    }

    /// <summary>Whether nobody listens on a port of 127.0.0.1.</summary>
    public static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string SourceFile([CallerFilePath] string path = "") => path;
}
