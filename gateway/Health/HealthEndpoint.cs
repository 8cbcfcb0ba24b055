// GET /health/live and /health/ready: for platforms, balancers and people.
using System.Text;

namespace MailFunctions.Gateway.Health;

/// <summary>
/// Answers 200 or 503 with what is in the way, on a port of its own that is not for the world. Alive is whoever can answer; what makes an instance not
/// ready may be no better on any other, and is no reason to start it anew.
/// </summary>
internal sealed class HealthEndpoint(Readiness readiness)
{
    /// <summary>Answers.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var isReading = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        switch (context.Request.Path.Value)
        {
            case "/health/live" when isReading:
                await SayAsync(context, StatusCodes.Status200OK, "ok");
                break;
            case "/health/ready" when isReading:
                var obstacle = await readiness.ObstacleAsync(context.RequestAborted);
                await SayAsync(context, obstacle is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, obstacle ?? "ok");
                break;
            default:
                await SayAsync(context, StatusCodes.Status404NotFound, "not found");
                break;
        }
    }

    private static async Task SayAsync(HttpContext context, int status, string text)
    {
        var body = Encoding.ASCII.GetBytes($$"""{"status":"{{text}}"}""");
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
