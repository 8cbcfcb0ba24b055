// CAPA: what this server can do.
namespace MailFunctions.Gateway.Pop3.Verbs;

/// <summary>CAPA (RFC 2449 5). What may not be used over this connection is not listed.</summary>
internal static class Capa
{
    private static readonly string[] Always =
    [
        "TOP", "UIDL", "PIPELINING", "RESP-CODES", "AUTH-RESP-CODE", "EXPIRE NEVER", "IMPLEMENTATION MailFunctions",
    ];

    public static Pop3Step Run(AuthorizationState state) => List(state.Session);

    public static Pop3Step Run(TransactionState state) => List(state.Session with { MayStartTls = false }); // RFC 2595 4: before the login only

    private static Pop3Step.Listing List(SessionFacts session)
    {
        var lines = new List<string>(Always);
        if (session.MayLogIn)
            lines.Add("USER");
        if (session.MayStartTls)
            lines.Add("STLS");
        return new Pop3Step.Listing(Pop3Replies.Capabilities, lines);
    }
}
