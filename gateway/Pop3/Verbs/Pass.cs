// PASS: the login.
using MailFunctions.Gateway.Logins;
using MailFunctions.Mail;

namespace MailFunctions.Gateway.Pop3.Verbs;

/// <summary>PASS string (RFC 1939 7): the rest of the line is the password, spaces and all.</summary>
internal static class Pass
{
    /// <summary>How many failed logins end a session.</summary>
    public const int MostFailures = 3;

    public static async ValueTask<Pop3Step> RunAsync(AuthorizationState state, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        if (!state.Session.MayLogIn)
            return Pop3Replies.TlsRequired;
        if (state.TakeLogin() is not { } login)
            return Pop3Replies.UserFirst;
        switch (await state.Logins.LogInAsync(login, argument, cancellationToken))
        {
            case LoginResult.Accepted accepted:
                return await OpenAsync(state, accepted.Account, cancellationToken);
            case LoginResult.Unavailable unavailable:
                state.Maildrops.Log.LoginUnavailable(state.Session.Id, unavailable.Reason);
                return Pop3Replies.LoginUnavailable;
            default:
                Refused(state, login);
                return ++state.Failures < MostFailures ? Pop3Replies.LoginRefused : new Pop3Step.Close(Pop3Replies.LoginRefused);
        }
    }

    private static async Task<Pop3Step> OpenAsync(AuthorizationState state, EmailAddress account, CancellationToken cancellationToken)
    {
        switch (await state.Maildrops.OpenAsync(account, state.Session, cancellationToken))
        {
            case MaildropOpening.Opened opened:
                state.Session.Account = account;
                state.Maildrops.Log.LoggedIn(state.Session.Id, account, opened.Maildrop.Count, opened.Maildrop.Octets);
                return new Pop3Step.Enter(Pop3Replies.LoggedIn, new TransactionState(state.Session, opened.Maildrop));
            case MaildropOpening.Unavailable unavailable:
                state.Maildrops.Log.LoginUnavailable(state.Session.Id, unavailable.Reason);
                return Pop3Replies.LoginUnavailable;
            default:
                state.Maildrops.Log.InUse(state.Session.Id, account);
                return Pop3Replies.InUse;
        }
    }

    // A login that is no address may be a password in the wrong field: it is not for the log.
    private static void Refused(AuthorizationState state, string login) => state.Maildrops.Log.LoginRefused(
        state.Session.Id, EmailAddress.TryParse(login, out var address) ? address.ToString() : "(not an address)");
}
