// UIDL: the names that last.
using System.Globalization;

namespace MailFunctions.Gateway.Pop3.Verbs;

/// <summary>UIDL [message] (RFC 1939 7). A message's unique id is its spool id: it never changes and is never given again.</summary>
internal static class Uidl
{
    public static Pop3Step Run(TransactionState state, ReadOnlyMemory<byte> argument)
    {
        var maildrop = state.Maildrop;
        if (argument.IsEmpty)
        {
            return new Pop3Step.Listing(
                Pop3Replies.UidsFollow,
                maildrop.Unmarked.Select(message => string.Create(CultureInfo.InvariantCulture, $"{message.Number} {message.Entry.Uid}")));
        }
        return maildrop.Find(argument.Span) is { } found ? Pop3Replies.Uid(found.Number, found.Entry.Uid.Text) : Pop3Replies.NoSuchMessage;
    }
}
