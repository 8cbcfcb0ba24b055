// What a sender said about reports, as JSON.
using MailFunctions.Mail;

namespace MailFunctions.Storage;

/// <summary>NOTIFY as it stands in records; nothing where the sender did not say.</summary>
internal static class NotifyJson
{
    public static string? Name(Notify? notify) => notify is { } known ? NotifyParameter.Print(known) : null;

    /// <exception cref="FormatException">It is none of ours.</exception>
    public static Notify? Read(string? name) =>
        name is null ? null : NotifyParameter.TryParse(name, out var notify) ? notify : throw new FormatException("an unknown NOTIFY");
}

/// <summary>RET as it stands in records; nothing where the sender did not say.</summary>
internal static class ReturnJson
{
    private const string Full = "full";
    private const string Headers = "hdrs";

    public static string? Name(ReturnRequest? request) => request switch
    {
        null => null,
        ReturnRequest.Full => Full,
        _ => Headers,
    };

    /// <exception cref="FormatException">It is none of ours.</exception>
    public static ReturnRequest? Read(string? name) => name switch
    {
        null => null,
        Full => ReturnRequest.Full,
        Headers => ReturnRequest.Headers,
        _ => throw new FormatException("an unknown RET"),
    };
}
