// PASS: the login by name and password.
using MailFunctions.Gateway.Logins;

namespace MailFunctions.Gateway.Pop3.Verbs;

/// <summary>PASS string (RFC 1939 7): the rest of the line is the password, spaces and all.</summary>
internal static class Pass
{
    public static async ValueTask<Pop3Step> RunAsync(AuthorizationState state, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        var login = state.TakeLogin();
        var result = await state.Channel.Logins.LogInAsync(new LoginAttempt(login, state.Channel.Address), argument, cancellationToken);
        return await LoginEnd.RunAsync(state, login, result, cancellationToken);
    }
}
