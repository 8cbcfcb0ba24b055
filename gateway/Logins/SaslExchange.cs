// The server's side of a SASL mechanism, without the framing that SMTP and POP3 put around it.
using System.Net;

namespace MailFunctions.Gateway.Logins;

/// <summary>What the exchange wants next.</summary>
internal abstract record SaslStep
{
    private SaslStep()
    {
    }

    /// <summary>Send this challenge (before base64) and read a response.</summary>
    public sealed record Challenge(byte[] Octets) : SaslStep;

    /// <summary>It is over.</summary>
    public sealed record Finished(LoginResult Result) : SaslStep;

    /// <summary>The client breaks the mechanism's grammar: it is over.</summary>
    public sealed record Malformed : SaslStep;
}

/// <summary>One run of one mechanism.</summary>
internal interface ISaslExchange
{
    /// <summary>Takes the client's next response, decoded; null at the start if there was no initial response.</summary>
    ValueTask<SaslStep> NextAsync(byte[]? response, CancellationToken cancellationToken);
}

/// <summary>What a mechanism may know of the connection it runs over.</summary>
/// <param name="Logins">Checks what the client says.</param>
/// <param name="Address">The client's address, or null where it is hidden.</param>
/// <param name="EndPointBinding">What a login can be bound to (RFC 5929 4), or null.</param>
internal sealed record SaslChannel(Authenticator Logins, IPAddress? Address, byte[]? EndPointBinding)
{
    /// <summary>Whether a client may log in by a mechanism that binds the login to the channel.</summary>
    public bool CanBind => EndPointBinding is not null;

    /// <summary>Whether they are listed among the mechanisms.</summary>
    public bool ListsBinding => CanBind && Logins.ListsChannelBinding;
}
