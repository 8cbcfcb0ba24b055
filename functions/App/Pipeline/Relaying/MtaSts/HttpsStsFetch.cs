// Fetches policies over HTTPS from hosts that strangers name.
using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Mail;
using MailFunctions.Smtp.Client;
using MailFunctions.Smtp.MtaSts;

namespace MailFunctions.App.Pipeline.Relaying.MtaSts;

/// <summary>
/// A GET of <c>https://mta-sts.DOMAIN/.well-known/mta-sts.txt</c>, under one limit of time: a good certificate for that very name, status 200, plain
/// text, 64 KiB at most, and no way to anywhere else (RFC 8461 3.3). Names are looked up by our own resolver and dialled by the relay's connector, which
/// refuses the addresses that no stranger may lead us to. A host that closes without a word is asked up to three times more.
/// </summary>
internal sealed class HttpsStsFetch : IStsFetch, IDisposable
{
    /// <summary>How long a fetch takes at most (RFC 8461 3.3).</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(1);

    private const int MaxAddresses = 4;
    private const int MaxHeaderKilobytes = 16;

    private readonly IResolver _resolver;
    private readonly IConnector _connector;
    private readonly RelayOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _client;

    /// <summary>Makes the client; nothing is sent yet.</summary>
    public HttpsStsFetch(IResolver resolver, IConnector connector, RelayOptions options, TimeProvider time)
    {
        (_resolver, _connector, _options, _time) = (resolver, connector, options, time);
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // RFC 8461 3.3
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            PooledConnectionLifetime = TimeSpan.Zero, // each policy is fetched once a day
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

    /// <inheritdoc/>
    public async Task<StsFetched> FetchAsync(DomainName domain, CancellationToken cancellationToken)
    {
        var host = $"mta-sts.{domain}";
        if (!DnsName.TryParse(host, out _))
            return new StsFetched.Nothing("the name of the policy's host is too long");
        using var limit = new CancellationTokenSource(TimeLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder("https", host, _options.MtaStsPort, "/.well-known/mta-sts.txt").Uri);
            using var response = await _client.SendAsync(request, either.Token);
            return await ReadAsync(response, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new StsFetched.Nothing("the policy's host takes too long");
        }
        catch (HttpRequestException error)
        {
            return new StsFetched.Nothing(Describe(error));
        }
        catch (IOException)
        {
            return new StsFetched.Nothing("the connection to the policy's host was lost");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static async Task<StsFetched> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK)
            return new StsFetched.Nothing($"the policy's host answers {(int)response.StatusCode}");
        if (!string.Equals(response.Content.Headers.ContentType?.MediaType, "text/plain", StringComparison.OrdinalIgnoreCase))
            return new StsFetched.Nothing("the policy's host answers with something else than plain text");
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(StsPolicy.MaxLength + 1);
        try
        {
            var room = buffer.AsMemory(0, StsPolicy.MaxLength + 1);
            var length = await content.ReadAtLeastAsync(room, room.Length, throwOnEndOfStream: false, cancellationToken);
            if (length > StsPolicy.MaxLength)
                return new StsFetched.Nothing("the policy is too long");
            return StsPolicy.TryParse(Encoding.Latin1.GetString(buffer, 0, length), out var policy)
                ? new StsFetched.Policy(policy)
                : new StsFetched.Nothing("the policy cannot be read");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

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

    // The messages of the client quote what the host sent, so they are not told.
    private static string Describe(HttpRequestException error) => error.InnerException switch
    {
        UnreachableHostException unreachable => unreachable.Message,
        AuthenticationException handshake => $"the certificate of the policy's host is not good ({(handshake.InnerException ?? handshake).Message})",
        _ => $"the policy's host cannot be spoken to ({error.HttpRequestError})",
    };

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
