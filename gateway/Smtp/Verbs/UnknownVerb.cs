// A verb that is none: a mistake, or another protocol's client that was tricked into talking to us.
using System.Text;
using MailFunctions.Gateway.Connections;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp.Verbs;

/// <summary>Refuses the command; the session of a browser ends at once.</summary>
internal static class UnknownVerb
{
    public static Step Run(Command.Unknown command) =>
        ForeignProtocol.Speaks(Encoding.ASCII.GetBytes(command.Verb)) ? new Step.Close(Replies.NotThisProtocol) : Replies.UnknownCommand;
}
