// HTTP within limits: of time, of size, to https only, and without following anybody elsewhere.
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace MailFunctions.Acme;

/// <summary>An answer, read whole.</summary>
/// <param name="Url">Who gave it.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="MediaType">The type of its body, without parameters; empty if it has none.</param>
/// <param name="Body">The body.</param>
/// <param name="Location">Where it says something new is.</param>
/// <param name="Nonce">The next nonce (RFC 8555 6.5).</param>
/// <param name="RetryAt">When it wants to be asked again.</param>
internal sealed record AcmeAnswer(
    Uri Url, int Status, string MediaType, ReadOnlyMemory<byte> Body, string? Location, string? Nonce, DateTimeOffset? RetryAt)
{
    /// <summary>Whether it is a success.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;
}

/// <summary>Sends requests.</summary>
internal sealed class BoundedHttp(HttpMessageHandler handler, TimeProvider clock) : IDisposable
{
    // Our own limit is by our own clock, for the body as well.
    private readonly HttpClient _http = new(handler) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Makes one that believes the system's authorities, or these in their place.</summary>
    public static BoundedHttp Trusting(X509Certificate2Collection? roots, TimeProvider clock)
    {
        var tls = new SslClientAuthenticationOptions();
        if (roots is not null)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }
        return new BoundedHttp(
            new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, SslOptions = tls, MaxResponseHeadersLength = 32 }, clock);
    }

    /// <summary>Reads an address off an answer or a setting; what is not https is refused, so that nothing can be led to speak in clear.</summary>
    /// <exception cref="AcmeException">It is none.</exception>
    public static Uri Https(string? text, string what) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.UserInfo.Length == 0
            ? url
            : throw new AcmeException(AcmeTroubleKind.Malformed, $"{what} is '{Problems.Clean(text ?? "")}' and must be an https address");

    /// <summary>Sends a request and reads the answer.</summary>
    /// <exception cref="AcmeException">There is none within the limits.</exception>
    public async Task<AcmeAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var url = request.RequestUri!;
        using var limit = new CancellationTokenSource(AcmeLimits.Request, clock);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        request.Headers.UserAgent.ParseAdd("MailFunctions/0.1"); // RFC 8555 6.1 wants one
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel.Token);
            return new AcmeAnswer(
                url, (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType ?? "", await ReadAsync(url, response, cancel.Token),
                One(response, "Location"), One(response, "Replay-Nonce"), RetryAt(response));
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AcmeException(AcmeTroubleKind.Unreachable, $"{url.Host} does not answer within {AcmeLimits.Request.TotalSeconds:0} seconds", error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new AcmeException(AcmeTroubleKind.Unreachable, $"{url.Host} cannot be reached: {Problems.Clean(Innermost(error).Message)}", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Uri url, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var block = new byte[16 * 1024];
        while (await stream.ReadAsync(block, cancellationToken) is > 0 and var count)
        {
            if (body.Length + count > AcmeLimits.Answer)
                throw new AcmeException(AcmeTroubleKind.Malformed, $"{url.Host} sends more than {AcmeLimits.Answer} octets in one answer");
            body.Write(block, 0, count);
        }
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private static string? One(HttpResponseMessage response, string field) =>
        response.Headers.TryGetValues(field, out var values) && values.Take(2).ToList() is [var only] ? only : null;

    // Far ahead is as good as never, and no sum of times overflows.
    private DateTimeOffset? RetryAt(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => clock.GetUtcNow() + (delta < TimeSpan.FromDays(365) ? delta : TimeSpan.FromDays(365)),
        { Date: { } date } => date,
        _ => null,
    };

    private static Exception Innermost(Exception error) => error.InnerException is { } inner ? Innermost(inner) : error;
}
