// Dials over TCP, and refuses addresses at the last moment at which that can be done.
using System.Net;
using System.Net.Sockets;

namespace MailFunctions.Smtp.Client;

/// <summary>Connections by sockets.</summary>
/// <param name="refused">The addresses not to be dialled, or null to dial any: local runs and tests.</param>
public sealed class SocketConnector(RefusedAddresses? refused) : IConnector
{
    /// <inheritdoc/>
    public async Task<Dialled> DialAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        // What is judged is what is dialled: no name is looked up in between.
        if (refused?.ReasonFor(address.Address) is { } reason)
            return new Dialled.Refused(reason);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
            return new Dialled.Open(new NetworkStream(socket, ownsSocket: true));
        }
        catch (SocketException error)
        {
            socket.Dispose();
            return new Dialled.Unreachable(error.SocketErrorCode.ToString());
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }
}
