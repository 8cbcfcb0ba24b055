// AUTH: begins a login.
using MailFunctions.Gateway.Logins;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp.Verbs;

/// <summary>RFC 4954, on submission listeners and under TLS only.</summary>
internal static class AuthVerb
{
    public static Step Run(SmtpSession session, Command.Auth command) =>
        SaslMechanisms.Begin(command.Mechanism, session.SaslChannel) is { } exchange
            ? new Step.LogIn(exchange, command.InitialResponse)
            : Replies.UnknownMechanism;
}
