// The origin of a message as a word in JSON.
using MailFunctions.Mail;

namespace MailFunctions.Storage;

/// <summary>Most messages are a client's, and say nothing about it.</summary>
internal static class OriginJson
{
    private const string Report = "report";
    private const string PostmasterReport = "postmasterReport";

    /// <summary>The word, or null for a client's message.</summary>
    public static string? Name(MessageOrigin origin) => origin switch
    {
        MessageOrigin.Client => null,
        MessageOrigin.Report => Report,
        MessageOrigin.PostmasterReport => PostmasterReport,
        _ => throw new ArgumentOutOfRangeException(nameof(origin)),
    };

    /// <summary>Reads the word.</summary>
    /// <exception cref="FormatException">It is none of ours.</exception>
    public static MessageOrigin Read(string? name) => name switch
    {
        null => MessageOrigin.Client,
        Report => MessageOrigin.Report,
        PostmasterReport => MessageOrigin.PostmasterReport,
        _ => throw new FormatException("a message of unknown origin"),
    };
}
