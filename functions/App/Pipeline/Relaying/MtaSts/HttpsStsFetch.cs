// Fetches policies over HTTPS from hosts that strangers name.
using System.Buffers;
using System.Net;
using System.Text;
using MailFunctions.Dns;
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

    private readonly RelayOptions _options;
    private readonly TimeProvider _time;
    private readonly PublicHttps _client;

    /// <summary>Makes the client; nothing is sent yet.</summary>
    public HttpsStsFetch(IResolver resolver, IConnector connector, RelayOptions options, TimeProvider time) =>
        (_client, _options, _time) = (new PublicHttps("the policy's host", resolver, connector, options), options, time);

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
            return new StsFetched.Nothing(_client.Describe(error));
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
}
