// What a verb wants the session to do.
using MailFunctions.Gateway.Logins;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp;

/// <summary>The outcome of a verb. Verbs never touch the socket: the session carries this out.</summary>
internal abstract record Step
{
    private Step()
    {
    }

    /// <summary>Reply and go on.</summary>
    public sealed record Say(Reply Reply) : Step;

    /// <summary>Reply and close.</summary>
    public sealed record Close(Reply Reply) : Step;

    /// <summary>Ask for the message's content and take it in.</summary>
    public sealed record ReadContent : Step;

    /// <summary>Take a chunk of a message in, or read it and refuse it.</summary>
    public sealed record ReadChunk(long Octets, bool IsLast, Reply? Refusal) : Step;

    /// <summary>Reply and start the TLS handshake.</summary>
    public sealed record StartTls(Reply Reply) : Step;

    /// <summary>Run a SASL exchange.</summary>
    public sealed record LogIn(ISaslExchange Exchange, string? InitialResponse) : Step;

    /// <summary>Reply and go on.</summary>
    public static implicit operator Step(Reply reply) => new Say(reply);
}
