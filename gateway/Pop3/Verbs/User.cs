// USER: who wants to log in.
using System.Text;

namespace MailFunctions.Gateway.Pop3.Verbs;

/// <summary>USER name (RFC 1939 7). The answer does not tell whether there is such a mailbox.</summary>
internal static class User
{
    public static Pop3Step Run(AuthorizationState state, ReadOnlyMemory<byte> argument)
    {
        if (argument.IsEmpty)
            return Pop3Replies.UserSyntax;
        // What is not UTF-8 becomes a name that no account has.
        state.RememberLogin(Encoding.UTF8.GetString(argument.Span));
        return Pop3Replies.SendPassword;
    }
}
