// LIST: the sizes.
namespace MailFunctions.Gateway.Pop3.Verbs;

/// <summary>LIST [message] (RFC 1939 5): octets as RETR sends them, stuffed dots and the end not counted.</summary>
internal static class List
{
    public static Pop3Step Run(TransactionState state, ReadOnlyMemory<byte> argument)
    {
        var maildrop = state.Maildrop;
        if (argument.IsEmpty)
        {
            return new Pop3Step.Listing(
                Pop3Replies.ListFollows(maildrop.Count, maildrop.Octets),
                maildrop.Unmarked.Select(message => Pop3Replies.Pair(message.Number, message.Entry.Length)));
        }
        return maildrop.Find(argument.Span) is { } found ? Pop3Replies.Size(found.Number, found.Entry.Length) : Pop3Replies.NoSuchMessage;
    }
}
