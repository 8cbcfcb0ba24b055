// AUTH: the login by a SASL mechanism.
using System.Text;
using MailFunctions.Gateway.Logins;

namespace MailFunctions.Gateway.Pop3.Verbs;

/// <summary>AUTH mechanism [initial-response] (RFC 5034 4).</summary>
internal static class Auth
{
    public static Pop3Step Run(AuthorizationState state, ReadOnlyMemory<byte> argument)
    {
        var space = argument.Span.IndexOf((byte)' ');
        var mechanism = space < 0 ? argument : argument[..space];
        if (mechanism.IsEmpty || space == argument.Length - 1)
            return Pop3Replies.AuthSyntax;
        return SaslMechanisms.Begin(Encoding.ASCII.GetString(mechanism.Span).ToUpperInvariant(), state.Channel) is { } exchange
            ? new Pop3Step.LogIn(exchange, space < 0 ? null : Encoding.ASCII.GetString(argument.Span[(space + 1)..]), state)
            : Pop3Replies.UnknownMechanism;
    }
}
