// GET /web/health: for load balancers, availability tests and people.
using MailFunctions.App.Pipeline;

namespace MailFunctions.App.Triggers.CustomHandler;

/// <summary>Answers 200 while the program runs and storage answers, else 503.</summary>
internal static class HealthEndpoint
{
    private static readonly ReadOnlyMemory<byte> Well = """{"status":"ok"}"""u8.ToArray();
    private static readonly ReadOnlyMemory<byte> Unwell = """{"status":"storage does not answer"}"""u8.ToArray();

    public static async Task InvokeAsync(HttpContext context)
    {
        var isAnswering = await context.RequestServices.GetRequiredService<StorageHealth>().IsAnsweringAsync(context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        await (isAnswering
            ? JsonReply.WriteAsync(context.Response, StatusCodes.Status200OK, Well)
            : JsonReply.WriteAsync(context.Response, StatusCodes.Status503ServiceUnavailable, Unwell));
    }
}
