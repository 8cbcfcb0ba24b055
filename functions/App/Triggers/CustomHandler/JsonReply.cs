// Replies with a JSON body, which every reply to the Functions host must have.
namespace MailFunctions.App.Triggers.CustomHandler;

/// <summary>
/// Writes replies. After an empty body the host waits until its time limit, and another content type than <c>application/json</c> is a failure to it:
/// neither is ever sent.
/// </summary>
internal static class JsonReply
{
    /// <summary>Success, and nothing to say.</summary>
    public static ReadOnlyMemory<byte> Empty { get; } = "{}"u8.ToArray();

    /// <summary>There is nothing at this address.</summary>
    public static ReadOnlyMemory<byte> NotFound { get; } = """{"error":"not found"}"""u8.ToArray();

    /// <summary>Sends the reply.</summary>
    public static async Task WriteAsync(HttpResponse response, int status, ReadOnlyMemory<byte> body)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, response.HttpContext.RequestAborted);
    }
}
