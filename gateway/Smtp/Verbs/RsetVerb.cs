// RSET: forgets the transaction.
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp.Verbs;

/// <summary>RFC 5321 4.1.1.5.</summary>
internal static class RsetVerb
{
    public static Step Run(SmtpSession session)
    {
        session.End();
        return Replies.Ok;
    }
}
