// Carries a SASL exchange over a connection, for SMTP (RFC 4954) and POP3 (RFC 5034) alike.
using System.Text;
using MailFunctions.Gateway.Connections;
using MailFunctions.Wire;

namespace MailFunctions.Gateway.Logins;

/// <summary>How a dialogue ends.</summary>
internal abstract record SaslEnd
{
    private SaslEnd()
    {
    }

    /// <summary>The mechanism came to its end.</summary>
    public sealed record Finished(LoginResult Result) : SaslEnd;

    /// <summary>A response was no base64, or not what the mechanism has in this place.</summary>
    public sealed record Malformed : SaslEnd;

    /// <summary>A response was longer than lines may be.</summary>
    public sealed record TooLong : SaslEnd;

    /// <summary>The client has called it off.</summary>
    public sealed record Cancelled : SaslEnd;

    /// <summary>A response ended in a bare LF: the session should end.</summary>
    public sealed record BareLineFeed : SaslEnd;

    /// <summary>The client has closed the connection.</summary>
    public sealed record Gone : SaslEnd;
}

/// <summary>The responses of a client, one after the other. Only challenges are written; what the end is answered by is the protocol's own.</summary>
/// <param name="connection">The connection.</param>
/// <param name="next">Hands a response to the mechanism.</param>
/// <param name="challenge">Writes a challenge, given in base64.</param>
internal sealed class SaslDialogue(ClientConnection connection, Func<byte[]?, ValueTask<SaslStep>> next, Action<string> challenge)
{
    /// <summary>Runs the dialogue to its end.</summary>
    /// <param name="initialResponse">What came with the command, still in base64, or null.</param>
    public async Task<SaslEnd> RunAsync(string? initialResponse)
    {
        byte[]? response = null;
        // RFC 4954 4, RFC 5034 4: = is an initial response of no octets.
        if (initialResponse is not null && (response = initialResponse == "=" ? [] : SaslBase64.Decode(Encoding.ASCII.GetBytes(initialResponse))) is null)
            return new SaslEnd.Malformed();
        for (; ; )
        {
            switch (await next(response))
            {
                case SaslStep.Malformed:
                    return new SaslEnd.Malformed();
                case SaslStep.Finished finished:
                    return new SaslEnd.Finished(finished.Result);
                case SaslStep.Challenge { Octets: var octets }:
                    challenge(Convert.ToBase64String(octets));
                    break;
            }
            var line = await connection.ReadLineAsync(connection.Limits.SaslLine, connection.Limits.Command);
            switch (line.Status)
            {
                case LineStatus.End:
                    return new SaslEnd.Gone();
                case LineStatus.BareLineFeed:
                    return new SaslEnd.BareLineFeed();
                case LineStatus.TooLong:
                    return new SaslEnd.TooLong();
                case LineStatus.Line when line.Octets.Span is [(byte)'*']:
                    return new SaslEnd.Cancelled();
                case LineStatus.Line when SaslBase64.Decode(line.Octets.Span) is { } decoded:
                    response = decoded;
                    break;
                default:
                    return new SaslEnd.Malformed();
            }
        }
    }
}
