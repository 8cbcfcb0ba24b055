// NOOP: a sign of life.
namespace MailFunctions.Gateway.Pop3.Verbs;

/// <summary>NOOP (RFC 1939 5), after the login only.</summary>
internal static class Noop
{
    public static Pop3Step Run(TransactionState state) => Pop3Replies.Ok;
}
