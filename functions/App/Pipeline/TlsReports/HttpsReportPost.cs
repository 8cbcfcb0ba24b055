// Posts TLS reports to hosts that domains name.
using System.Net.Http.Headers;
using MailFunctions.App.Pipeline.Relaying.MtaSts;
using MailFunctions.Dns;
using MailFunctions.Smtp.Client;

namespace MailFunctions.App.Pipeline.TlsReports;

/// <summary>A POST under one limit of time (RFC 8460 5.4). Nothing of the answer is read but its status.</summary>
internal sealed class HttpsReportPost(IResolver resolver, IConnector connector, RelayOptions options, TimeProvider time) : IDisposable
{
    /// <summary>How long it takes at most.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    private readonly PublicHttps _client = new("the report's host", resolver, connector, options);

    /// <summary>Posts a report.</summary>
    /// <returns>Why it was not taken, or null.</returns>
    public async Task<string?> PostAsync(Uri target, byte[] gzip, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(gzip) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/tlsrpt+gzip");
        try
        {
            using var response = await _client.SendAsync(request, either.Token);
            return response.IsSuccessStatusCode ? null : $"the report's host answers {(int)response.StatusCode}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "the report's host takes too long";
        }
        catch (HttpRequestException error)
        {
            return _client.Describe(error);
        }
        catch (IOException)
        {
            return "the connection to the report's host was lost";
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
