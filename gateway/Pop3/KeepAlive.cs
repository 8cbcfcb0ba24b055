// Finds out about clients that vanished without a word.
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace MailFunctions.Gateway.Pop3;

/// <summary>
/// TCP keep-alive, answered by a live client's system even while the client is silent: a client that has lost power or network is noticed after 60
/// seconds, and its maildrop is free again, long before the autologout. No probes are sent while something sent waits to be acknowledged, and the
/// system alone would send that again for a quarter of an hour: hence the limit on acknowledgements beside it.
/// </summary>
internal static class KeepAlive
{
    private const int SecondsToFirstProbe = 30;
    private const int SecondsBetweenProbes = 10;
    private const int Probes = 3;
    private const int MillisecondsToAcknowledge = 60_000;

    // tcp(7): what Linux calls TCP_USER_TIMEOUT (RFC 5482), which .NET has no name for.
    private const int TcpLevel = 6;
    private const int TcpUserTimeout = 18;

    /// <summary>Switches it on where the connection has a socket.</summary>
    public static void Enable(ConnectionContext connection)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
            return;
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, SecondsToFirstProbe);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, SecondsBetweenProbes);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
            if (OperatingSystem.IsLinux())
                socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, BitConverter.GetBytes(MillisecondsToAcknowledge));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // No keep-alive on this system, or the client is gone already: then the autologout frees the maildrop.
        }
    }
}
