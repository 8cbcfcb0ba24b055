// CAPA: what this server can do.
namespace MailFunctions.Gateway.Pop3.Verbs;

/// <summary>CAPA (RFC 2449 5). What may not be used over this connection is not listed.</summary>
internal static class Capa
{
    private static readonly string[] Always =
    [
        "TOP", "UIDL", "PIPELINING", "RESP-CODES", "AUTH-RESP-CODE", "EXPIRE NEVER", "UTF8 USER", "IMPLEMENTATION MailFunctions",
    ];

    public static Pop3Step Run(AuthorizationState state) => List(state.Session, state.Facts.HasFlag(Pop3Facts.MayStartTls) ? ["STLS"] : []);

    public static Pop3Step Run(TransactionState state) => List(state.Session, []); // RFC 2595 4: STLS is announced before the login only

    private static Pop3Step.Listing List(SessionFacts session, string[] ofTheState) =>
        new(Pop3Replies.Capabilities, [.. Always, .. Logins(session), .. ofTheState]);

    private static string[] Logins(SessionFacts session) => session.Facts.HasFlag(Pop3Facts.MayLogIn) ? ["USER", $"SASL {session.Mechanisms}"] : [];
}
