// What follows from a login, by whichever verb it came.
using MailFunctions.Gateway.Logins;
using MailFunctions.Mail;

namespace MailFunctions.Gateway.Pop3;

/// <summary>Opens the maildrop of who may, and answers who may not.</summary>
internal static class LoginEnd
{
    /// <summary>How many failed logins end a session.</summary>
    public const int MostFailures = 3;

    /// <summary>The step after a login.</summary>
    /// <param name="state">The state it was done in.</param>
    /// <param name="login">The name it was for, where the verb knows it.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="cancellationToken">Ends work that takes too long.</param>
    public static async ValueTask<Pop3Step> RunAsync(AuthorizationState state, string? login, LoginResult result, CancellationToken cancellationToken)
    {
        var (session, log) = (state.Session, state.Maildrops.Log);
        switch (result)
        {
            case LoginResult.Accepted accepted:
                return await OpenAsync(state, accepted.Account, cancellationToken);
            case LoginResult.Unavailable unavailable:
                log.LoginUnavailable(session.Id, unavailable.Reason);
                return Pop3Replies.LoginUnavailable;
            case LoginResult.Delayed delayed:
                log.LoginDelayed(session.Id, state.Channel.Address, delayed.Wait);
                return Refuse(state, Pop3Replies.LoginDelayed);
            default:
                log.LoginRefused(session.Id, NameForLog(login), state.Channel.Address);
                return Refuse(state, Pop3Replies.LoginRefused);
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

    private static Pop3Step Refuse(AuthorizationState state, Pop3Reply reply) =>
        ++state.Failures < MostFailures ? reply : new Pop3Step.Close(reply);

    // A login that is no address may be a password in the wrong field: it is not for the log.
    private static string NameForLog(string? login) =>
        login is null ? "(by SASL)" : EmailAddress.TryParse(login, out var address) ? address.ToString() : "(not an address)";
}
