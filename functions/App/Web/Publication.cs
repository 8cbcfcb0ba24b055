// The replies to requests from the web.
using System.Text;
using MailFunctions.App.Triggers.CustomHandler;
using MailFunctions.Mail.Stores;

namespace MailFunctions.App.Web;

/// <summary>A document to be sent.</summary>
/// <param name="ContentType">Its type.</param>
/// <param name="Text">It.</param>
internal readonly record struct Document(string ContentType, string Text);

/// <summary>Sends documents, says 404 where there is none and 503 where that cannot be known now. The one place where such a failure is caught.</summary>
internal static class Publication
{
    private static readonly ReadOnlyMemory<byte> NotNow = """{"error":"not possible now"}"""u8.ToArray();

    /// <summary>An endpoint that sends what is found.</summary>
    public static RequestDelegate Of(Func<HttpContext, CancellationToken, Task<Document?>> find) => async context =>
    {
        Document? found;
        try
        {
            found = await find(context, context.RequestAborted);
        }
        catch (StoreUnavailableException trouble)
        {
            context.RequestServices.GetRequiredService<ILogger<Document>>().NotPublished(trouble.Message);
            await JsonReply.WriteAsync(context.Response, StatusCodes.Status503ServiceUnavailable, NotNow);
            return;
        }
        if (found is not { } document)
        {
            await JsonReply.WriteAsync(context.Response, StatusCodes.Status404NotFound, JsonReply.NotFound);
            return;
        }
        var body = Encoding.UTF8.GetBytes(document.Text);
        context.Response.ContentType = document.ContentType;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    };
}
