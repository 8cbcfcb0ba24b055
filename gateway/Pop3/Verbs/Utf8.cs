// UTF8: the client understands UTF-8.
namespace MailFunctions.Gateway.Pop3.Verbs;

/// <summary>
/// UTF8 (RFC 6856 2), before the login only. Names and passwords are read as UTF-8 and messages leave octet by octet whether it was said or not: a
/// conversion would make another message of one that was signed.
/// </summary>
internal static class Utf8
{
    public static Pop3Step Run(AuthorizationState state)
    {
        state.Session.IsUtf8 = true;
        return Pop3Replies.Utf8On;
    }
}
