// Runs inside the gateway that is measured, and says how much memory lives there.
using System.Globalization;
using System.Net.Sockets;
using System.Text;

#pragma warning disable CA1050 // the runtime looks for this name outside of every namespace (DOTNET_STARTUP_HOOKS)
/// <summary>Listens on a Unix socket; whoever connects is told the octets of managed heap that are left after a full collection.</summary>
internal static class StartupHook
#pragma warning restore CA1050
{
    /// <summary>The environment variable that names the socket.</summary>
    public const string Socket = "MAILFUNCTIONS_BENCH_SOCKET";

    /// <summary>Called by the runtime before the program begins.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(Socket) is { Length: > 0 } path)
            new Thread(() => Serve(path)) { IsBackground = true }.Start();
    }

    private static void Serve(string path)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        for (; ; )
        {
            using var asker = listener.Accept();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            asker.Send(Encoding.ASCII.GetBytes(GC.GetTotalMemory(forceFullCollection: false).ToString(CultureInfo.InvariantCulture)));
        }
    }
}
