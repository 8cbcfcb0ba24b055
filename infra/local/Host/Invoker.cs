// Calls the worker as the Functions host calls a custom handler.
using System.Net;
using System.Net.Http.Headers;

namespace MailFunctions.Local.Host;

/// <summary>
/// One POST per invocation to <c>/{function}</c>. The call carries no cancellation: once sent it ends by the worker's answer, by the worker's death
/// or by functionTimeout, which costs the worker its life and so every other call in flight.
/// </summary>
internal sealed class Invoker(
    IWorkers workers, TimeSpan? functionTimeout, Func<Guid> newId, TimeProvider time, ILogger log) : IDisposable
{
    /// <summary>What the host says of itself in the headers of each request.</summary>
    public const string HostVersion = "4.1037.0.0";

    // A dead process closes its connections before its parent hears of its death.
    private static readonly TimeSpan DeathNotice = TimeSpan.FromSeconds(2);

    // Loopback: no proxy of the environment may come between, and nothing is added to the headers.
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null })
    {
        Timeout = functionTimeout is { } limit ? limit + TimeSpan.FromMinutes(1) : Timeout.InfiniteTimeSpan,
    };

    /// <summary>Calls a function and waits for the outcome.</summary>
    /// <param name="function">The function.</param>
    /// <param name="body">Makes the request body.</param>
    /// <param name="stopping">Gives up waiting for a worker that answers; a call under way is not given up.</param>
    public async Task<InvocationOutcome> InvokeAsync(
        FunctionDefinition function, Func<SystemMetadata, ReadOnlyMemory<byte>> body, CancellationToken stopping)
    {
        WorkerLife worker;
        try
        {
            worker = await workers.CurrentAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return InvocationOutcome.WorkerGone;
        }
        var id = newId();
        var call = CallAsync(worker, function, id, body(new SystemMetadata(function.Name, time.GetUtcNow(), newId())));
        using var ended = new CancellationTokenSource();
        var limit = Task.Delay(functionTimeout ?? Timeout.InfiniteTimeSpan, time, ended.Token);
        if (await Task.WhenAny(call, limit) == call)
        {
            await ended.CancelAsync();
            return await call;
        }
        log.FunctionTimedOut(function.Name, id, functionTimeout ?? default);
        workers.Replace(worker);
        await call;
        return InvocationOutcome.Failed;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<InvocationOutcome> CallAsync(WorkerLife worker, FunctionDefinition function, Guid id, ReadOnlyMemory<byte> body)
    {
        InvocationAnswer answer;
        try
        {
            using var request = Request(worker, function, id, body);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            // The body of a failure is never read: what it would have logged is lost, as on the platform.
            var content = response.IsSuccessStatusCode ? await response.Content.ReadAsByteArrayAsync() : [];
            answer = InvocationAnswer.Judge((int)response.StatusCode, response.Content.Headers.ContentType, content);
        }
        catch (Exception trouble) when (trouble is HttpRequestException or IOException or TaskCanceledException)
        {
            return await JudgeBrokenAsync(worker, function, id, trouble);
        }
        foreach (var line in answer.Logs)
            log.FunctionSaid(function.Name, id, line);
        switch (answer.Verdict)
        {
            case InvocationVerdict.Success:
                log.Succeeded(function.Name, id);
                return InvocationOutcome.Succeeded;
            case InvocationVerdict.Hang:
                log.Hangs(function.Name, id);
                await worker.Died;
                return InvocationOutcome.WorkerGone;
            default:
                log.Failed(function.Name, id, answer.Reason ?? "");
                return InvocationOutcome.Failed;
        }
    }

    // A refused connection means no worker. A broken one means the same if the worker is dead; a live worker that hangs up has failed the invocation.
    private async Task<InvocationOutcome> JudgeBrokenAsync(WorkerLife worker, FunctionDefinition function, Guid id, Exception trouble)
    {
        var refused = trouble is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };
        if (!refused)
        {
            using var noticed = new CancellationTokenSource();
            var notice = Task.Delay(DeathNotice, time, noticed.Token);
            var first = await Task.WhenAny(worker.Died, notice);
            await noticed.CancelAsync();
            if (first == notice)
            {
                log.Failed(function.Name, id, trouble.Message);
                return InvocationOutcome.Failed;
            }
        }
        log.WorkerGone(function.Name, id);
        return InvocationOutcome.WorkerGone;
    }

    private static HttpRequestMessage Request(WorkerLife worker, FunctionDefinition function, Guid id, ReadOnlyMemory<byte> body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(worker.Address, function.Name)) { Content = new UnsizedContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.Add("X-Azure-Functions-HostVersion", HostVersion);
        request.Headers.Add("X-Azure-Functions-InvocationId", id.ToString());
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Azure-Functions-Host", HostVersion));
        return request;
    }

    // The platform's host serialises into the socket and so knows no length: the body goes out in chunks.
    private sealed class UnsizedContent(ReadOnlyMemory<byte> body) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(body).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
