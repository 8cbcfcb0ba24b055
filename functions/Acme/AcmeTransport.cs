// Requests to an authority: its directory, nonces, and what is signed (RFC 8555 6 and 7.1.1).
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MailFunctions.Acme;

/// <summary>Where an authority is asked for what.</summary>
/// <param name="NewNonce">A nonce.</param>
/// <param name="NewAccount">An account.</param>
/// <param name="NewOrder">A certificate.</param>
/// <param name="RenewalInfo">When to renew (RFC 9773); null if it does not tell.</param>
/// <param name="Terms">Its terms of service; null if it has none.</param>
/// <param name="RequiresExternalAccount">Whether an account needs one that it has by other means.</param>
internal sealed record AcmeDirectory(Uri NewNonce, Uri NewAccount, Uri NewOrder, Uri? RenewalInfo, string? Terms, bool RequiresExternalAccount);

/// <summary>Speaks with one authority, one request after the other.</summary>
internal sealed class AcmeTransport(BoundedHttp http, Uri directory)
{
    private const string PemChain = "application/pem-certificate-chain";
    private static readonly MediaTypeHeaderValue Jose = new("application/jose+json"); // RFC 8555 6.2: without a charset

    private AcmeDirectory? _directory;
    private string? _nonce;

    /// <summary>The directory, read once.</summary>
    /// <exception cref="AcmeException">It cannot be read.</exception>
    public async Task<AcmeDirectory> DirectoryAsync(CancellationToken cancellationToken)
    {
        if (_directory is not null)
            return _directory;
        var answer = await GetAsync(directory, cancellationToken);
        var read = Read(answer, AcmeJson.Default.DirectoryJson, "directory");
        return _directory = new AcmeDirectory(
            BoundedHttp.Https(read.NewNonce, "newNonce of the directory"),
            BoundedHttp.Https(read.NewAccount, "newAccount of the directory"),
            BoundedHttp.Https(read.NewOrder, "newOrder of the directory"),
            read.RenewalInfo is { } renewal ? BoundedHttp.Https(renewal, "renewalInfo of the directory") : null,
            read.Meta?.TermsOfService, read.Meta?.ExternalAccountRequired ?? false);
    }

    /// <summary>Asks without a signature, which only the directory and renewal information are.</summary>
    /// <exception cref="AcmeException">The answer is no success.</exception>
    public async Task<AcmeAnswer> GetAsync(Uri url, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        var answer = await http.SendAsync(request, cancellationToken);
        return answer.IsSuccess ? answer : throw new AcmeException(Problems.Of(answer));
    }

    /// <summary>Asks with a signature. An answer that only disliked the nonce is tried again with the one that it brings.</summary>
    /// <param name="url">Whom.</param>
    /// <param name="key">The account's key.</param>
    /// <param name="account">The account's address; null where it is not known yet.</param>
    /// <param name="payload">What is said; empty to only read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AcmeException">The answer is no success.</exception>
    public async Task<AcmeAnswer> PostAsync(Uri url, AccountKey key, Uri? account, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var nonce = _nonce ?? await NewNonceAsync(cancellationToken);
            _nonce = null; // each is good once
            using var request = new HttpRequestMessage(HttpMethod.Post, url);
            request.Content = new ByteArrayContent(Jws.Sign(key, account, nonce, url, payload.Span));
            request.Content.Headers.ContentType = Jose;
            request.Headers.Accept.ParseAdd(PemChain);
            request.Headers.Accept.ParseAdd("application/json");
            request.Headers.Accept.ParseAdd("application/problem+json");
            var answer = await http.SendAsync(request, cancellationToken);
            _nonce = IsNonce(answer.Nonce) ? answer.Nonce : null;
            if (answer.IsSuccess)
                return answer;
            if (Problems.TypeOf(answer) != Problems.BadNonce || attempt == AcmeLimits.Attempts)
                throw new AcmeException(Problems.Of(answer));
        }
    }

    /// <summary>Reads a JSON body.</summary>
    /// <exception cref="AcmeException">It is not what it should be.</exception>
    public static T Read<T>(AcmeAnswer answer, JsonTypeInfo<T> type, string what)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body.Span, type) ?? throw new JsonException("It is null.");
        }
        catch (JsonException error)
        {
            throw new AcmeException(AcmeTroubleKind.Malformed, $"{answer.Url.Host} sends a {what} that is none: {Problems.Clean(error.Message)}", error);
        }
    }

    private async Task<string> NewNonceAsync(CancellationToken cancellationToken)
    {
        var known = await DirectoryAsync(cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Head, known.NewNonce);
        var answer = await http.SendAsync(request, cancellationToken);
        if (!answer.IsSuccess)
            throw new AcmeException(Problems.Of(answer));
        return IsNonce(answer.Nonce) ? answer.Nonce! : throw new AcmeException(AcmeTroubleKind.Malformed, $"{answer.Url.Host} gives no nonce");
    }

    // RFC 8555 6.5.1
    private static bool IsNonce(string? text) =>
        text is { Length: > 0 and <= 512 } && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
