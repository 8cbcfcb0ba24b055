// A verb that is none: a mistake, or another protocol's client that was tricked into talking to us.
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp.Verbs;

/// <summary>
/// Refuses the command. A browser made to send a form to our port (cross-protocol request forgery, ALPACA) begins with a request line of HTTP, and its
/// later lines could be commands: such a session ends at once.
/// </summary>
internal static class UnknownVerb
{
    private static readonly string[] HttpMethods = ["GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "OPTIONS ", "CONNECT ", "PATCH ", "TRACE "];

    public static Step Run(Command.Unknown command) =>
        HttpMethods.Any(method => command.Verb.StartsWith(method, StringComparison.OrdinalIgnoreCase))
            ? new Step.Close(Replies.NotThisProtocol)
            : Replies.UnknownCommand;
}
