// A mail server under load.
using System.Net;
using System.Net.Sockets;

namespace MailFunctions.Bench.Peers;

/// <summary>A running server that takes mail for user@bench.test on loopback. Disposing stops it and removes its files.</summary>
internal abstract class MailServer(string name, int port) : IAsyncDisposable
{
    /// <summary>The recipient of the load.</summary>
    public const string Recipient = "user@bench.test";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>What the table calls it.</summary>
    public string Name => name;

    /// <summary>Where it takes mail.</summary>
    public int Port => port;

    /// <summary>The processes that count, by what the table calls them; with each its children.</summary>
    public abstract IReadOnlyList<(string Part, int Id)> Processes { get; }

    /// <summary>Seconds of CPU so far of what is not the server's and yet shares the machine with it, by the parts that have any.</summary>
    public virtual IReadOnlyList<(string Part, double Seconds)> Around() => [];

    /// <summary>Waits until it has done with all that it has taken.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (!await IsDrainedAsync(cancellationToken))
            await Task.Delay(Poll, cancellationToken);
    }

    /// <summary>Removes what it has delivered, so that a later run is not slower for it.</summary>
    public abstract Task ForgetMailAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>Whether nothing is under way in it any more.</summary>
    protected abstract ValueTask<bool> IsDrainedAsync(CancellationToken cancellationToken);

    /// <summary>Waits until it greets.</summary>
    /// <exception cref="TimeoutException">It does not, within a minute.</exception>
    protected async Task WaitForGreetingAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        while (!await GreetsAsync(limit.Token))
        {
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"{Name} does not greet.");
            await Task.Delay(Poll, cancellationToken);
        }
    }

    private async Task<bool> GreetsAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
            return await socket.ReceiveAsync(new byte[100], cancellationToken) > 0;
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
