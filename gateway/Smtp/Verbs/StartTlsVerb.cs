// STARTTLS: asks for the handshake.
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp.Verbs;

/// <summary>RFC 3207.</summary>
internal static class StartTlsVerb
{
    public static Step Run(SmtpSession session)
    {
        if (session.Connection.IsTls)
            return Replies.AlreadyTls;
        return session.CanStartTls ? new Step.StartTls(Replies.ReadyForTls) : Replies.NotOffered;
    }
}
