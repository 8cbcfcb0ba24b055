// STAT: how many messages, how many octets.
namespace MailFunctions.Gateway.Pop3.Verbs;

/// <summary>STAT (RFC 1939 5). Marked messages are not counted.</summary>
internal static class Stat
{
    public static Pop3Step Run(TransactionState state) => Pop3Replies.Size(state.Maildrop.Count, state.Maildrop.Octets);
}
