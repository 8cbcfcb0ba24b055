// Answers HTTP-01 (RFC 8555 8.3): a listener that is there only while an order is under way, and knows nothing but the proofs of that order.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailFunctions.Acme.Solvers;

/// <summary>A server of proofs. Whoever asks costs a few kilobytes and ten seconds at most.</summary>
public sealed class HttpChallenges : IChallengeSolver, IAsyncDisposable
{
    private const string Folder = "/.well-known/acme-challenge/";
    private const int MaxHead = 4096;
    private const int MaxClients = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, string> _proofs = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _places = new(MaxClients);
    private readonly TcpListener _listener;
    private readonly TimeProvider _clock;
    private readonly Task _serving;

    private HttpChallenges(TcpListener listener, TimeProvider clock)
    {
        _listener = listener;
        _clock = clock;
        _serving = ServeAsync();
    }

    /// <inheritdoc/>
    public string Type => "http-01";

    /// <inheritdoc/>
    public TimeSpan Settling => TimeSpan.Zero;

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Begins to listen. The authority asks at port 80 of the name, and nowhere else.</summary>
    /// <exception cref="AcmeException">That is not possible there.</exception>
    public static HttpChallenges Start(IPEndPoint endPoint, TimeProvider clock)
    {
        var listener = new TcpListener(endPoint);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any))
                listener.Server.DualMode = true;
            listener.Start(MaxClients);
            return new HttpChallenges(listener, clock);
        }
        catch (SocketException error)
        {
            listener.Dispose();
            throw new AcmeException(AcmeTroubleKind.ChallengeNotSet, $"{endPoint} cannot be listened on: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public Task PublishAsync(Challenge challenge, CancellationToken cancellationToken)
    {
        _proofs[challenge.Token] = challenge.KeyAuthorization;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task WithdrawAsync(Challenge challenge, CancellationToken cancellationToken)
    {
        _proofs.TryRemove(challenge.Token, out _);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        for (var place = 0; place < MaxClients; place++)
            await _places.WaitAsync(CancellationToken.None); // whoever is being answered ends with _stop
        _places.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _places.WaitAsync(_stop.Token);
                _ = AnswerAsync(await AcceptAsync());
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // stopped, or a client that left before it was taken
            }
        }
    }

    private async Task<TcpClient> AcceptAsync()
    {
        try
        {
            return await _listener.AcceptTcpClientAsync(_stop.Token);
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var limit = new CancellationTokenSource(Patience, _clock);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                var head = await ReadHeadAsync(stream, cancel.Token);
                await stream.WriteAsync(Reply(head), cancel.Token);
                client.Client.Shutdown(SocketShutdown.Send);
                _ = await stream.ReadAsync(new byte[1], cancel.Token); // until the client has it all and closes
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
        {
            // Its loss: the authority asks again, or says why it was not satisfied.
        }
        finally
        {
            _places.Release();
        }
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var head = new byte[MaxHead];
        var length = 0;
        while (length < MaxHead && head.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            var count = await stream.ReadAsync(head.AsMemory(length), cancellationToken);
            if (count == 0)
                break;
            length += count;
        }
        return Encoding.Latin1.GetString(head, 0, length);
    }

    private byte[] Reply(string head)
    {
        var parts = head.Split("\r\n", 2)[0].Split(' ');
        var proof = parts is ["GET", var path, "HTTP/1.1" or "HTTP/1.0"] && path.StartsWith(Folder, StringComparison.Ordinal)
            && _proofs.TryGetValue(path[Folder.Length..], out var found) ? found : null;
        var (status, body) = proof is null ? ("404 Not Found", "") : ("200 OK", proof);
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status}\r\nContent-Type: application/octet-stream\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
    }
}
