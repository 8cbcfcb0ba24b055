// Takes the calls of the Functions host, keeps everybody else's out, and maps how they end: the one place where a trigger's failure is caught.
using MailFunctions.App.Pipeline;
using MailFunctions.Mail.Stores;
using Microsoft.AspNetCore.Http.Features;

namespace MailFunctions.App.Triggers.CustomHandler;

/// <summary>
/// Answers <c>POST /{FunctionName}</c>. The host proxies HTTP routes to this same server, and nothing in a call proves that the host itself makes it.
/// An outsider's request can nevertheless start no function:
/// our HTTP routes are whole paths, none of them a function's, so the host has nothing to forward for another path, with dot segments resolved before it
/// looks; functions are not in the routing table but found by the request target exactly as it came over the wire, so no decoding, folding or normalising
/// of a path of the web leads here;
/// and the host's proxy marks every request that it forwards by a header, with which no function is called.
/// </summary>
internal sealed class TriggerMiddleware(RequestDelegate next, TimeProvider time, ILogger<TriggerMiddleware> log)
{
    // On these a forwarded request is known: the Functions host's proxy sets the first always, the platform's front ends set the others.
    private static readonly string[] ForwardedMarks =
        ["x-ms-invocation-id", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Original-URL", "X-ARR-LOG-ID"];

    // At functionTimeout (10 minutes in host.json) the host kills the process and with it every other invocation.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(8);

    private static readonly ReadOnlyMemory<byte> NotAnInvocation = """{"error":"not an invocation"}"""u8.ToArray();
    private static readonly ReadOnlyMemory<byte> NotNow = """{"error":"not possible now"}"""u8.ToArray();
    private static readonly ReadOnlyMemory<byte> NoStorage = """{"error":"storage is not available"}"""u8.ToArray();
    private static readonly ReadOnlyMemory<byte> Failed = """{"error":"failed"}"""u8.ToArray();

    /// <summary>Handles a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!TriggerTable.ByTarget.TryGetValue(target, out var trigger))
        {
            await next(context);
            return;
        }
        if (!string.Equals(context.Request.Method, HttpMethods.Post, StringComparison.Ordinal) || Array.Exists(ForwardedMarks, context.Request.Headers.ContainsKey))
        {
            log.RefusedCall(target, context.Request.Method);
            await JsonReply.WriteAsync(context.Response, StatusCodes.Status404NotFound, JsonReply.NotFound);
            return;
        }
        var (status, body) = await InvokeAsync(context, target, trigger);
        await JsonReply.WriteAsync(context.Response, status, body);
    }

    private async Task<(int Status, ReadOnlyMemory<byte> Body)> InvokeAsync(
        HttpContext context, string target, Func<IServiceProvider, ITrigger> find)
    {
        using var limit = new CancellationTokenSource(TimeLimit, time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        ITrigger? trigger = null;
        InvocationRequest? invocation = null;
        try
        {
            if (!InvocationRequest.TryParse(await ReadBodyAsync(context.Request, cancel.Token), out invocation))
            {
                log.NotAnInvocation(target);
                return (StatusCodes.Status400BadRequest, NotAnInvocation);
            }
            trigger = find(context.RequestServices);
            return await trigger.InvokeAsync(invocation, cancel.Token) switch
            {
                Ending.Done => (StatusCodes.Status200OK, JsonReply.Empty),
                _ => (StatusCodes.Status500InternalServerError, NotNow),
            };
        }
        catch (StoreUnavailableException unavailable)
        {
            log.StorageUnavailable(target, Subject(), unavailable);
            return (StatusCodes.Status500InternalServerError, NoStorage);
        }
        catch (BadHttpRequestException tooLarge)
        {
            log.NotAnInvocation(target);
            return (tooLarge.StatusCode, NotAnInvocation);
        }
        catch (Exception error)
        {
            log.TriggerFailed(target, Subject(), error);
            return (StatusCodes.Status500InternalServerError, Failed);
        }

        string Subject() => (invocation is null ? null : trigger?.Subject(invocation))?.Text ?? "-";
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
