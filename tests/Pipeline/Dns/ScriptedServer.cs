// A DNS server on this host that does what a test says, over UDP and over TCP on the same port.
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using MailFunctions.Dns;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Dns;

internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Socket _udp;
    private readonly TcpListener _tcp;
    private readonly Task _serving;
    private int _overUdp;
    private int _overTcp;

    public ScriptedServer(IPAddress? address = null)
    {
        address ??= IPAddress.Loopback;
        (_tcp, _udp) = Bind(address);
        Address = (IPEndPoint)_udp.LocalEndPoint!;
        _serving = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Questions that came over UDP.</summary>
    public int OverUdp => _overUdp;

    /// <summary>Connections that came.</summary>
    public int OverTcp => _overTcp;

    /// <summary>Answers a datagram: whose it is, what it says, and how to send to whom asked.</summary>
    public Func<IPEndPoint, byte[], Func<byte[], Task>, Task> Udp { get; set; } = (_, _, _) => Task.CompletedTask;

    /// <summary>Answers a question over TCP: what it says, and the connection, which closes when this ends.</summary>
    public Func<byte[], NetworkStream, CancellationToken, Task> Tcp { get; set; } = (_, _, _) => Task.CompletedTask;

    /// <summary>A resolver that asks this server alone.</summary>
    public Resolver Resolver(TimeSpan? patience = null) =>
        new(new DnsOptions { Server = Address.ToString(), TryTimeout = patience ?? TimeSpan.FromSeconds(30), Timeout = TimeSpan.FromSeconds(60), Attempts = 1 }, new DnsSeams());

    /// <summary>The true answer to a question for an address.</summary>
    public static byte[] Truth(byte[] query) => Answer(query, [192, 0, 2, 1]);

    /// <summary>An answer to a question for an address.</summary>
    public static byte[] Answer(byte[] query, byte[] address) => To(query).Answer("example.test", ResponseBuilder.A, 60, address).Build();

    /// <summary>The beginning of an answer.</summary>
    public static ResponseBuilder To(byte[] query) => new(query);

    /// <summary>A message with its length before it.</summary>
    public static byte[] Framed(byte[] message) => [(byte)(message.Length >> 8), (byte)message.Length, .. message];

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _udp.Dispose();
        _tcp.Dispose();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private static (TcpListener, Socket) Bind(IPAddress address)
    {
        for (var i = 0; ; i++)
        {
            var tcp = new TcpListener(address, 0);
            tcp.Start();
            var udp = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                udp.Bind(tcp.LocalEndpoint);
                return (tcp, udp);
            }
            catch (SocketException) when (i < 20)
            {
                tcp.Dispose();
                udp.Dispose();
            }
        }
    }

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[4096];
        var any = new IPEndPoint(Address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        while (!_end.IsCancellationRequested)
        {
            var received = await _udp.ReceiveFromAsync(buffer, any, _end.Token);
            Interlocked.Increment(ref _overUdp);
            var client = (IPEndPoint)received.RemoteEndPoint;
            await Udp(client, buffer[..received.ReceivedBytes], message => _udp.SendToAsync(message, client, _end.Token).AsTask());
        }
    }

    private async Task ServeTcpAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            using var client = await _tcp.AcceptSocketAsync(_end.Token);
            Interlocked.Increment(ref _overTcp);
            await using var stream = new NetworkStream(client);
            try
            {
                var length = new byte[2];
                await stream.ReadExactlyAsync(length, _end.Token);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(query, _end.Token);
                await Tcp(query, stream, _end.Token);
            }
            catch (IOException)
            {
                // The client gave up.
            }
        }
    }
}
