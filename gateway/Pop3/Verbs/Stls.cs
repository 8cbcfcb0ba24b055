// STLS: from clear text to TLS.
namespace MailFunctions.Gateway.Pop3.Verbs;

/// <summary>STLS (RFC 2595 4), before the login only.</summary>
internal static class Stls
{
    public static Pop3Step Run(AuthorizationState state) => new Pop3Step.StartTls(Pop3Replies.BeginTls);
}
