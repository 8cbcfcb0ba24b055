// DELE: marks a message.
namespace MailFunctions.Gateway.Pop3.Verbs;

/// <summary>DELE message (RFC 1939 5). Nothing is deleted before QUIT.</summary>
internal static class Dele
{
    public static Pop3Step Run(TransactionState state, ReadOnlyMemory<byte> argument)
    {
        if (state.Maildrop.Find(argument.Span) is not { } message)
            return Pop3Replies.NoSuchMessage;
        state.Maildrop.Mark(message);
        return Pop3Replies.Marked;
    }
}
