// Questions over UDP: a port of its own for each, and patience with everything that is not the answer.
using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace MailFunctions.Dns;

/// <summary>
/// DNS over UDP (RFC 1035 4.2.1). Every question has a fresh socket, at a port that cannot be guessed and connected, so that the kernel lets through
/// what comes from the server's address alone (RFC 5452 9). What is not the answer, is malformed, or was forged is passed over: it ends nothing.
/// </summary>
/// <param name="clock">The time of limits.</param>
/// <param name="localPort">The port to ask from; 0 leaves the choice to the kernel, which chooses at random.</param>
public sealed class UdpTransport(TimeProvider clock, Func<int> localPort) : IDnsTransport
{
    private const int MaxDatagram = 4096; // servers that ignore what size we ask for send no more in practice

    /// <inheritdoc/>
    public async Task<Exchange> AskAsync(IPEndPoint server, Query query, TimeSpan patience, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(query);
        using var limit = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(MaxDatagram);
        var sawMalformed = false;
        try
        {
            using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(server.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, localPort()));
            await socket.ConnectAsync(server, either.Token);
            await socket.SendAsync(query.Octets, either.Token);
            for (; ; )
            {
                var length = await socket.ReceiveAsync(buffer.AsMemory(0, MaxDatagram), either.Token);
                if (Read(query, buffer.AsSpan(0, length), ref sawMalformed) is { } exchange)
                    return exchange;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Exchange.Failed(sawMalformed ? Trouble.Malformed : Trouble.TimedOut);
        }
        catch (SocketException)
        {
            return new Exchange.Failed(Trouble.Unreachable);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Null if the datagram is not the answer.
    private static Exchange? Read(Query query, ReadOnlySpan<byte> datagram, ref bool sawMalformed)
    {
        const int Truncated = 0x02;
        var echo = query.Compare(datagram);
        if (echo == Echo.None)
            return null;
        // What a server cut off may end anywhere; and over TCP nobody can answer in its place, so there the case need not be the same.
        if (echo == Echo.OtherCase || (datagram[2] & Truncated) != 0)
            return new Exchange.AskOverTcp();
        if (Response.TryRead(datagram.ToArray(), out var response))
            return new Exchange.Answered(response);
        sawMalformed = true;
        return null;
    }
}
