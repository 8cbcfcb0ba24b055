// Calls to Azure's REST interfaces by an identity.
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace MailFunctions.Acme;

internal sealed record AzureErrorJson(AzureErrorBodyJson? Error);

internal sealed record AzureErrorBodyJson(string? Code, string? Message);

/// <summary>Gets a token of the program's identity.</summary>
/// <param name="scope">For what, like <c>https://vault.azure.net/.default</c>.</param>
/// <param name="cancellationToken">Gives up.</param>
/// <exception cref="AcmeException">There is none.</exception>
public delegate ValueTask<string> AzureTokens(string scope, CancellationToken cancellationToken);

/// <summary>Sends requests with a token, within the limits that an authority has as well.</summary>
public sealed class AzureCalls : IDisposable
{
    private readonly BoundedHttp _http;
    private readonly AzureTokens _tokens;

    /// <summary>Makes one.</summary>
    /// <param name="tokens">Whose tokens.</param>
    /// <param name="roots">Whose certificates are believed in place of the system's authorities; null for those.</param>
    /// <param name="clock">The time of limits.</param>
    public AzureCalls(AzureTokens tokens, X509Certificate2Collection? roots, TimeProvider clock)
    {
        _tokens = tokens;
        _http = BoundedHttp.Trusting(roots, clock);
    }

    /// <summary>Sends a request.</summary>
    /// <param name="method">How.</param>
    /// <param name="url">Where.</param>
    /// <param name="scope">What the token is for.</param>
    /// <param name="body">JSON; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AcmeException">There is no answer within the limits.</exception>
    internal async Task<AcmeAnswer> SendAsync(HttpMethod method, Uri url, string scope, byte[]? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await _tokens(scope, cancellationToken));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        return await _http.SendAsync(request, cancellationToken);
    }

    /// <summary>What an answer other than success says, on one line.</summary>
    internal static string Words(AcmeAnswer answer)
    {
        try
        {
            if (JsonSerializer.Deserialize(answer.Body.Span, AcmeJson.Default.AzureErrorJson)?.Error is { } error)
                return Problems.Clean($"{answer.Url.Host} says {answer.Status} {error.Code}: {error.Message}");
        }
        catch (JsonException)
        {
            // then the status has to do
        }
        return $"{answer.Url.Host} says {answer.Status}";
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
