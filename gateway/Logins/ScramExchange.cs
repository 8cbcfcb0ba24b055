// SASL SCRAM-SHA-256 and SCRAM-SHA-256-PLUS.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MailFunctions.Gateway.Connections;

namespace MailFunctions.Gateway.Logins;

/// <summary>What a SCRAM mechanism binds the login to.</summary>
internal enum ScramBinding
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The certificate (RFC 5929 4).</summary>
    EndPoint,
}

/// <summary>
/// SCRAM (RFC 5802, RFC 7677): the client proves that it knows the password without sending it, and we prove that we know its verifier. An account that
/// does not exist has a salt of its own too, and fails at the same step as a wrong password.
/// </summary>
/// <param name="channel">The connection.</param>
/// <param name="binding">What the mechanism binds to.</param>
/// <param name="nonce">Our nonce: printable, no comma.</param>
internal sealed class ScramExchange(SaslChannel channel, ScramBinding binding, string nonce) : ISaslExchange
{
    private ScramClientFirst? _first;
    private LoginAttempt? _attempt;
    private LoginSubject.Checkable? _subject;
    private string _serverFirst = "";
    private LoginResult? _result;

    /// <inheritdoc/>
    public async ValueTask<SaslStep> NextAsync(byte[]? response, CancellationToken cancellationToken)
    {
        if (response is null)
            return new SaslStep.Challenge([]); // RFC 5802 5: the client speaks first
        if (_first is null)
            return await BeginAsync(response, cancellationToken);
        // Our proof has arrived: the client has nothing to add (RFC 4954 4).
        if (_result is not null)
            return response.Length == 0 ? new SaslStep.Finished(_result) : new SaslStep.Malformed();
        return Check(response);
    }

    private async ValueTask<SaslStep> BeginAsync(byte[] response, CancellationToken cancellationToken)
    {
        if (ScramClientFirst.Read(response) is not { } first || first.Flag is BindingFlag.Used != (binding == ScramBinding.EndPoint))
            return new SaslStep.Malformed();
        // Acting for somebody else is not offered.
        if (first.Identity is { } other && other != first.Name)
            return new SaslStep.Malformed();
        // RFC 5802 6: a client that could bind, and did not see that we can, was shown another list of mechanisms than we sent. Nothing was guessed.
        if ((first.Flag is BindingFlag.NotOffered && channel.ListsBinding) || first.Flag is BindingFlag.Used { Name: not EndPointBinding.Name })
            return new SaslStep.Finished(new LoginResult.Refused());
        _first = first;
        _attempt = new LoginAttempt(first.Name, channel.Address);
        var subject = await channel.Logins.FindAsync(_attempt, cancellationToken);
        if (subject is LoginSubject.Uncheckable uncheckable)
            return new SaslStep.Finished(uncheckable.Result);
        _subject = (LoginSubject.Checkable)subject;
        _serverFirst = string.Create(
            CultureInfo.InvariantCulture, $"r={first.Nonce}{nonce},s={Convert.ToBase64String(_subject.Verifier.Salt)},i={_subject.Verifier.Iterations}");
        return new SaslStep.Challenge(Encoding.ASCII.GetBytes(_serverFirst));
    }

    private SaslStep Check(byte[] response)
    {
        if (ScramClientFinal.Read(response) is not { } final || final.Nonce != _first!.Nonce + nonce)
            return new SaslStep.Malformed();
        // The header must be the one that came first, and the certificate the one that we have shown: else somebody stands between.
        byte[] expected = [.. _first.Header, .. binding == ScramBinding.EndPoint ? channel.EndPointBinding! : []];
        if (!CryptographicOperations.FixedTimeEquals(final.Binding, expected))
            return new SaslStep.Finished(new LoginResult.Refused());
        byte[] message = [.. _first.Bare, .. Encoding.ASCII.GetBytes($",{_serverFirst},"), .. final.WithoutProof];
        _result = channel.Logins.Conclude(_attempt!, _subject!.Account, _subject.Verifier.VerifyProof(message, final.Proof));
        return _result is LoginResult.Accepted
            ? new SaslStep.Challenge(Encoding.ASCII.GetBytes($"v={Convert.ToBase64String(_subject.Verifier.Sign(message))}"))
            : new SaslStep.Finished(_result);
    }
}
