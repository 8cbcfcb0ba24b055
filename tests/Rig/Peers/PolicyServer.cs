// A web server that says over TLS what a test tells it, octet for octet.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MailFunctions.Rig.Peers;

/// <summary>Whatever is asked, the answer is <see cref="Answer"/>, and the connection is closed behind it.</summary>
public sealed class PolicyServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly X509Certificate2 _certificate;
    private readonly Task _accepting;

    /// <summary>Starts one.</summary>
    /// <param name="certificate">Its certificate with key.</param>
    /// <param name="address">An address of this machine; 127.0.0.1 if it is left out.</param>
    /// <param name="port">Its port; a free one if it is left out.</param>
    public PolicyServer(X509Certificate2 certificate, string address = "127.0.0.1", int port = 0)
    {
        _certificate = certificate;
        _listener.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>What it says, in Latin-1; null to stay silent.</summary>
    public string? Answer { get; set; } = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

    /// <summary>The first lines and Host fields of what was asked.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <summary>Makes it say this text as a policy.</summary>
    public PolicyServer Publish(string policy)
    {
        Answer = Ok(policy);
        return this;
    }

    /// <summary>An answer with a text.</summary>
    public static string Ok(string text, string contentType = "text/plain") =>
        $"HTTP/1.1 200 OK\r\nContent-Type: {contentType}\r\nContent-Length: {text.Length}\r\n\r\n{text}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var served = new List<Task>();
        try
        {
            for (; ; )
                served.Add(ServeAsync(new NetworkStream(await _listener.AcceptAsync(_stopping.Token), ownsSocket: true)));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // the test is over
        }
        await Task.WhenAll(served);
    }

    private async Task ServeAsync(Stream stream)
    {
        await using var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stopping.Token);
            using var reader = new StreamReader(tls, Encoding.Latin1, leaveOpen: true);
            var (first, host) = (await reader.ReadLineAsync(_stopping.Token), "");
            while (await reader.ReadLineAsync(_stopping.Token) is { Length: > 0 } line)
                host = line.StartsWith("Host:", StringComparison.OrdinalIgnoreCase) ? line : host;
            if (first is null)
                return; // the client has done its handshake and did not like the certificate
            _asked.Enqueue($"{first} {host}");
            if (Answer is null)
                await Task.Delay(Timeout.InfiniteTimeSpan, _stopping.Token);
            await tls.WriteAsync(Encoding.Latin1.GetBytes(Answer!), _stopping.Token);
            await tls.ShutdownAsync();
        }
        catch (Exception error) when (error is IOException or System.Security.Authentication.AuthenticationException or OperationCanceledException)
        {
            // the client has gone, did not like the certificate, or the test is over
        }
    }
}
