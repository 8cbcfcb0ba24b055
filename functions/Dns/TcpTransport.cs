// Questions over TCP, for answers that are too long for a datagram.
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MailFunctions.Dns;

/// <summary>DNS over TCP (RFC 1035 4.2.2, RFC 7766): a connection for each question, two octets of length before each message.</summary>
/// <param name="clock">The time of limits.</param>
public sealed class TcpTransport(TimeProvider clock) : IDnsTransport
{
    private const int PrefixLength = sizeof(ushort);

    /// <inheritdoc/>
    public async Task<Exchange> AskAsync(IPEndPoint server, Query query, TimeSpan patience, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(query);
        using var limit = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(server, either.Token);
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            // RFC 7766 8: in one write, because some servers read no further than the first segment.
            var framed = new byte[PrefixLength + query.Octets.Length];
            BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Octets.Length);
            query.Octets.CopyTo(framed.AsMemory(PrefixLength));
            await stream.WriteAsync(framed, either.Token);
            await stream.ReadExactlyAsync(framed.AsMemory(0, PrefixLength), either.Token);
            var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(framed)];
            await stream.ReadExactlyAsync(message, either.Token);
            return query.Compare(message) != Echo.None && Response.TryRead(message, out var response) && !response.IsTruncated
                ? new Exchange.Answered(response)
                : new Exchange.Failed(Trouble.Malformed);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Exchange.Failed(Trouble.TimedOut);
        }
        catch (EndOfStreamException)
        {
            return new Exchange.Failed(Trouble.Malformed); // shorter than it said
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            return new Exchange.Failed(Trouble.Unreachable);
        }
    }
}
