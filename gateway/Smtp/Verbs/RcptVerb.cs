// RCPT TO: finds out where the mail would go, and whether this client may send it there.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp.Verbs;

/// <summary>RFC 5321 4.1.1.3. Unknown users are refused here, so that nothing ever has to be returned to a forged sender.</summary>
internal static class RcptVerb
{
    private const int MaxRecipients = 1_000; // RFC 5321 4.5.3.1.8 asks for 100

    public static async ValueTask<Step> RunAsync(SmtpSession session, Command.Rcpt command, CancellationToken cancellationToken)
    {
        if (command.Parameters.Count > 0)
            return Replies.UnknownParameter;
        var transaction = session.Transaction!; // the table demands one
        if (transaction.Accepted >= MaxRecipients || transaction.Recipients.Count >= MaxRecipients)
            return Replies.TooManyRecipients;

        var address = command.ForwardPath ?? session.Services.Options.PostmasterAddress;
        Resolution resolution;
        try
        {
            resolution = await session.Services.Recipients.ResolveAsync(address, cancellationToken);
        }
        catch (StoreUnavailableException error)
        {
            session.Log.DirectoryUnavailable(session.Connection.Id, error);
            return Replies.LocalTrouble;
        }
        switch (resolution)
        {
            case Resolution.Found found when transaction.Recipients.Count + found.Recipients.Count > MaxRecipients && transaction.Recipients.Count > 0:
                return Replies.TooManyRecipients;
            case Resolution.Found found:
                transaction.Add(found.Recipients);
                return Replies.RecipientOk;
            case Resolution.OtherDomain when session.MayRelay:
                transaction.Add([new Recipient { Target = address, Original = address, IsLocal = false }]);
                return Replies.RecipientOk;
            case Resolution.OtherDomain:
                return Replies.RelayDenied;
            case Resolution.Loop:
                return Replies.AliasLoop;
            default:
                return Replies.NoSuchUser;
        }
    }
}
