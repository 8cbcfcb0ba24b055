// A mail server that does what a test tells it, in memory or on a real socket.
using System.Net;
using System.Net.Sockets;

namespace MailFunctions.Rig.Peers;

/// <summary>The server: as many sessions as are asked for, each by the script.</summary>
public sealed class ScriptedPeer(PeerScript script) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PeerSession> _sessions = [];
    private readonly List<Socket> _listeners = [];
    private bool _isDisposed;

    /// <summary>The script.</summary>
    public PeerScript Script { get; } = script;

    /// <summary>The sessions so far, in the order in which they began.</summary>
    public IReadOnlyList<PeerSession> Sessions
    {
        get
        {
            lock (_gate)
                return [.. _sessions];
        }
    }

    /// <summary>All messages that reached their end and were taken.</summary>
    public IReadOnlyList<PeerMessage> Taken => [.. Sessions.SelectMany(session => session.Messages).Where(message => message.WasTaken)];

    /// <summary>Ends when the server begins to stall or to drip.</summary>
    public Task Stalled => _stalled.Task.WaitAsync(Patience);

    /// <summary>Notes that the server stalls, for those who stall in its place.</summary>
    public void Stall() => _stalled.TrySetResult();

    /// <summary>Serves one connection.</summary>
    public PeerSession Serve(Stream stream)
    {
        var session = new PeerSession();
        lock (_gate)
            _sessions.Add(session);
        session.Ended = Task.Run(() => new PeerConversation(Script, session, () => _stalled.TrySetResult(), _stopping.Token).RunAsync(stream));
        return session;
    }

    /// <summary>Listens on a free port of an address of this machine.</summary>
    public IPEndPoint Listen(IPAddress? address = null)
    {
        address ??= IPAddress.Loopback;
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen();
        lock (_gate)
            _listeners.Add(listener);
        _ = AcceptAsync(listener);
        return (IPEndPoint)listener.LocalEndPoint!;
    }

    /// <summary>Waits until every session so far has ended.</summary>
    public Task EndAsync() => Task.WhenAll(Sessions.Select(session => session.Ended)).WaitAsync(Patience);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            _listeners.ForEach(listener => listener.Dispose());
        }
        await _stopping.CancelAsync();
        await EndAsync();
        _stopping.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            for (; ; )
                Serve(new NetworkStream(await listener.AcceptAsync(_stopping.Token), ownsSocket: true));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // the test is over
        }
    }
}
