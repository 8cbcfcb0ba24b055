// AUTH: begins a login.
using MailFunctions.Gateway.Logins;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp.Verbs;

/// <summary>RFC 4954, on submission listeners and under TLS only.</summary>
internal static class AuthVerb
{
    public static Step Run(SmtpSession session, Command.Auth command)
    {
        if (session.Listener.Service != Service.Submit)
            return Replies.NotOffered;
        if (!session.Connection.IsTls)
            return Replies.EncryptionRequired;
        if (session.Login is not null)
            return Replies.AlreadyAuthenticated;
        return SaslMechanisms.Begin(command.Mechanism, session.SaslChannel) is { } exchange
            ? new Step.LogIn(exchange, command.InitialResponse)
            : Replies.UnknownMechanism;
    }
}
