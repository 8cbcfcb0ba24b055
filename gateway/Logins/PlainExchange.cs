// SASL PLAIN.
namespace MailFunctions.Gateway.Logins;

/// <summary>PLAIN (RFC 4616): authorization identity NUL login NUL password in one response.</summary>
internal sealed class PlainExchange(SaslChannel channel) : ISaslExchange
{
    /// <inheritdoc/>
    public async ValueTask<SaslStep> NextAsync(byte[]? response, CancellationToken cancellationToken)
    {
        if (response is null)
            return new SaslStep.Challenge([]);
        var first = Array.IndexOf(response, (byte)0);
        var second = first < 0 ? -1 : Array.IndexOf(response, (byte)0, first + 1);
        if (second < 0 || Array.IndexOf(response, (byte)0, second + 1) >= 0
            || !SaslMechanisms.TryReadName(response.AsSpan(first + 1, second - first - 1), out var login))
            return new SaslStep.Malformed();
        // Acting for somebody else is not offered: the authorization identity is empty or the login's own.
        if (first > 0 && !(SaslMechanisms.TryReadName(response.AsSpan(0, first), out var other) && other == login))
            return new SaslStep.Malformed();
        var attempt = new LoginAttempt(login, channel.Address);
        return new SaslStep.Finished(await channel.Logins.LogInAsync(attempt, response.AsMemory(second + 1), cancellationToken));
    }
}
