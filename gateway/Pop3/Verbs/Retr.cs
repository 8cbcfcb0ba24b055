// RETR: a message.
namespace MailFunctions.Gateway.Pop3.Verbs;

/// <summary>RETR message (RFC 1939 5).</summary>
internal static class Retr
{
    public static async ValueTask<Pop3Step> RunAsync(TransactionState state, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        if (state.Maildrop.Find(argument.Span) is not { } message)
            return Pop3Replies.NoSuchMessage;
        return await OpenAsync(state, message, top: null, Pop3Replies.MessageFollows(message.Entry.Length), cancellationToken);
    }

    /// <summary>Opens a message or its top. Trouble before the first octet is an answer; later it can only be a broken connection.</summary>
    public static async Task<Pop3Step> OpenAsync(
        TransactionState state, NumberedMessage message, TopCutter? top, Pop3Reply reply, CancellationToken cancellationToken)
    {
        try
        {
            return await state.Maildrop.OpenAsync(message, top, cancellationToken) is { } content
                ? new Pop3Step.Content(reply, content)
                : Pop3Replies.MessageGone;
        }
        catch (IOException error)
        {
            state.Maildrop.Log.NotRead(state.Session.Id, message.Entry.Uid, error.Message);
            return Pop3Replies.MessageUnavailable;
        }
    }
}
