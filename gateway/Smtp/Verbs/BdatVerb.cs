// BDAT: a chunk of a message.
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp.Verbs;

/// <summary>
/// RFC 3030 2. The chunk follows whatever we think of the command: it is read in any case, or its octets would be taken for commands. Where its end is not
/// known, or is too far, the session ends.
/// </summary>
internal static class BdatVerb
{
    public static Step Run(SmtpSession session, Command.Bdat command)
    {
        if (command.Octets is not { } octets)
            return new Step.Close(Replies.BdatSyntax);
        if (octets > MessageIntake.MaxDrained * session.Services.Options.MaxMessageBytes)
            return new Step.Close(Replies.MessageTooBig);
        var refusal = SmtpRules.Bdat.Refuse(session.Facts) ?? (command.IsWellFormed ? null : Replies.BdatSyntax);
        return new Step.ReadChunk(octets, command.IsLast, refusal);
    }
}
