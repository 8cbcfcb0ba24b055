// Passes a request on to the worker and its answer back, streaming both ways.
using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace MailFunctions.Local.Host;

/// <summary>Forwards requests as the platform's proxy does: same method, path and query; hop-by-hop headers dropped, X-Forwarded-* added.</summary>
internal sealed class HttpForwarder(IWorkers workers, Func<Guid> newId, TimeProvider time, ILogger log) : IDisposable
{
    private static readonly TimeSpan WorkerLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ActivityLimit = TimeSpan.FromSeconds(240);

    // RFC 9110 7.6.1, and the names that the host itself speaks under.
    private static readonly HashSet<string> NotForwarded = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
        "Host", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Azure-Functions-HostVersion", "X-Azure-Functions-InvocationId",
    };

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null,
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Forwards one request; without a worker the answer is 503, after a broken call 502.</summary>
    /// <param name="context">The request and its answer.</param>
    /// <param name="target">The request target as sent.</param>
    public async Task ForwardAsync(HttpContext context, string target)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(WorkerLimit);
        WorkerLife worker;
        try
        {
            worker = await workers.CurrentAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }
        using var idle = new CancellationTokenSource(ActivityLimit, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, idle.Token);
        try
        {
            using var request = RequestFor(context, worker.Address, target);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ended.Token);
            CopyHead(response, context.Response);
            await CopyBodyAsync(response, context.Response, idle, ended.Token);
        }
        catch (Exception trouble) when (trouble is HttpRequestException or IOException or OperationCanceledException)
        {
            log.ForwardFailed(context.Request.Method, context.Request.Path, trouble.Message);
            if (context.Response.HasStarted)
                context.Abort(); // half an answer must not look like a whole one
            else
                context.Response.StatusCode = StatusCodes.Status502BadGateway;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private HttpRequestMessage RequestFor(HttpContext context, Uri worker, string target)
    {
        // Uri would otherwise decode and shorten the path, and the worker see another than was matched.
        var uri = new Uri(
            worker.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), uri);
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
            request.Content = new StreamContent(context.Request.Body);
        var named = ConnectionOptions(context.Request.Headers.Connection);
        foreach (var (name, values) in context.Request.Headers)
        {
            if (NotForwarded.Contains(name) || named.Contains(name))
                continue;
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", $"{context.Connection.RemoteIpAddress}");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", context.Request.Host.Value);
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", context.Request.Scheme);
        request.Headers.Add("X-Azure-Functions-HostVersion", Invoker.HostVersion);
        request.Headers.Add("X-Azure-Functions-InvocationId", $"{newId()}");
        return request;
    }

    private static void CopyHead(HttpResponseMessage from, HttpResponse to)
    {
        to.StatusCode = (int)from.StatusCode;
        var named = ConnectionOptions(from.Headers.Connection.ToArray());
        foreach (var (name, values) in from.Headers.NonValidated.Concat(from.Content.Headers.NonValidated))
        {
            if (!NotForwarded.Contains(name) && !named.Contains(name))
                to.Headers[name] = values.ToArray();
        }
    }

    private static async Task CopyBodyAsync(HttpResponseMessage from, HttpResponse to, CancellationTokenSource idle, CancellationToken cancellationToken)
    {
        await using var body = await from.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (await body.ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                idle.CancelAfter(ActivityLimit);
                await to.Body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                await to.Body.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static HashSet<string> ConnectionOptions(Microsoft.Extensions.Primitives.StringValues values) => new(
        values.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
        StringComparer.OrdinalIgnoreCase);
}
