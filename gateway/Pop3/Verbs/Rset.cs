// RSET: takes all marks off.
namespace MailFunctions.Gateway.Pop3.Verbs;

/// <summary>RSET (RFC 1939 5).</summary>
internal static class Rset
{
    public static Pop3Step Run(TransactionState state)
    {
        state.Maildrop.UnmarkAll();
        return Pop3Replies.Unmarked;
    }
}
