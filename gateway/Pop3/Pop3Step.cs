// What a verb asks the session to do.
using MailFunctions.Gateway.Logins;

namespace MailFunctions.Gateway.Pop3;

/// <summary>The result of a command. Verbs decide, the session writes.</summary>
internal abstract record Pop3Step
{
    private Pop3Step()
    {
    }

    /// <summary>Answer.</summary>
    public sealed record Say(Pop3Reply Reply) : Pop3Step;

    /// <summary>Answer, and close.</summary>
    public sealed record Close(Pop3Reply Reply) : Pop3Step;

    /// <summary>Answer, put the connection under TLS, and begin again knowing nothing of what was said in clear (RFC 2595 4).</summary>
    public sealed record StartTls(Pop3Reply Reply) : Pop3Step;

    /// <summary>Answer, and go on in another state.</summary>
    public sealed record Enter(Pop3Reply Reply, Pop3State State) : Pop3Step;

    /// <summary>Run a SASL exchange; what follows from it is a step of the state it was begun in.</summary>
    public sealed record LogIn(ISaslExchange Exchange, string? InitialResponse, AuthorizationState State) : Pop3Step;

    /// <summary>Answer, then these lines, none of which begins with a dot, then a dot.</summary>
    public sealed record Listing(Pop3Reply Reply, IEnumerable<string> Lines) : Pop3Step;

    /// <summary>Answer, then the message with its dots stuffed, then a dot. Whoever performs the step disposes the message.</summary>
    public sealed record Content(Pop3Reply Reply, MessageContent Message) : Pop3Step;

    /// <summary>A reply is the step to say it.</summary>
    public static implicit operator Pop3Step(Pop3Reply reply) => new Say(reply);
}
