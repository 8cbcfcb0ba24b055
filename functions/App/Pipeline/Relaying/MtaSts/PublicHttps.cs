// HTTPS to hosts that strangers name.
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Smtp.Client;

namespace MailFunctions.App.Pipeline.Relaying.MtaSts;

/// <summary>
/// A client that needs a good certificate for the very name, follows no way to anywhere else, and looks names up by our own resolver and dials by the
/// relay's connector, which refuses the addresses that no stranger may lead us to.
/// </summary>
internal sealed class PublicHttps : IDisposable
{
    private const int MaxAddresses = 4;
    private const int MaxHeaderKilobytes = 16;

    private readonly string _peer;
    private readonly IResolver _resolver;
    private readonly IConnector _connector;
    private readonly HttpMessageInvoker _client;

    /// <summary>Makes the client; nothing is sent yet.</summary>
    /// <param name="peer">What the host is called where trouble is told.</param>
    /// <param name="resolver">Knows names.</param>
    /// <param name="connector">Dials.</param>
    /// <param name="options">Whose certificates are believed.</param>
    public PublicHttps(string peer, IResolver resolver, IConnector connector, RelayOptions options)
    {
        (_peer, _resolver, _connector) = (peer, resolver, connector);
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // RFC 8461 3.3
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            PooledConnectionLifetime = TimeSpan.Zero, // nobody is asked twice within minutes
            ConnectCallback = async (context, cancel) => await DialAsync(context.DnsEndPoint, cancel),
            SslOptions = new SslClientAuthenticationOptions
            {
#pragma warning disable CA5398 // older versions are refused whatever the system's defaults are (RFC 8996)
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
                CertificateChainPolicy = ChainPolicy(options.TrustedRoots),
            },
        });
    }

    /// <summary>Sends a request; the limit of time is the caller's.</summary>
    /// <exception cref="HttpRequestException">It came to no answer: <see cref="Describe"/> says why.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _client.SendAsync(request, cancellationToken);

    /// <summary>Why there was no answer. The messages of the client quote what the host sent, so they are not told.</summary>
    public string Describe(HttpRequestException error) => error.InnerException switch
    {
        UnreachableHostException unreachable => unreachable.Message,
        AuthenticationException handshake => $"the certificate of {_peer} is not good ({(handshake.InnerException ?? handshake).Message})",
        _ => $"{_peer} cannot be spoken to ({error.HttpRequestError})",
    };

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<Stream> DialAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        var name = DnsName.Parse(host.Host);
        var asking6 = _resolver.QueryAsync<AaaaRecord>(name, cancellationToken);
        var v4 = await _resolver.QueryAsync<ARecord>(name, cancellationToken) is Answer<ARecord>.Found found4 ? found4.Records : [];
        var v6 = await asking6 is Answer<AaaaRecord>.Found found6 ? found6.Records : [];
        var why = "has no address";
        foreach (var address in v4.Select(record => record.Address).Concat(v6.Select(record => record.Address)).Take(MaxAddresses))
        {
            switch (await _connector.DialAsync(new IPEndPoint(address, host.Port), cancellationToken))
            {
                case Dialled.Open(var stream):
                    return stream;
                case Dialled.Refused(var reason):
                    why = reason;
                    break;
                case Dialled.Unreachable(var reason):
                    why = $"does not answer ({reason})";
                    break;
            }
        }
        throw new UnreachableHostException($"{host.Host} {why}");
    }

    private static X509ChainPolicy ChainPolicy(X509Certificate2Collection? roots)
    {
        // A certificate of a stranger names hosts from which more certificates could be had; they are not asked.
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (roots is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }
        return policy;
    }

    /// <summary>Carries the reason out of the client.</summary>
    private sealed class UnreachableHostException(string message) : IOException(message);
}
