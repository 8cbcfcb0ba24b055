// SASL LOGIN.
namespace MailFunctions.Gateway.Logins;

/// <summary>LOGIN (draft-murchison-sasl-login): login and password in two responses. Obsolete, and what many clients still choose.</summary>
internal sealed class LoginExchange(SaslChannel channel) : ISaslExchange
{
    private string? _login;

    /// <inheritdoc/>
    public async ValueTask<SaslStep> NextAsync(byte[]? response, CancellationToken cancellationToken)
    {
        if (response is null)
            return new SaslStep.Challenge("Username:"u8.ToArray());
        if (_login is not null)
            return new SaslStep.Finished(await channel.Logins.LogInAsync(new LoginAttempt(_login, channel.Address), response, cancellationToken));
        if (!SaslMechanisms.TryReadName(response, out var login))
            return new SaslStep.Malformed();
        _login = login;
        return new SaslStep.Challenge("Password:"u8.ToArray());
    }
}
