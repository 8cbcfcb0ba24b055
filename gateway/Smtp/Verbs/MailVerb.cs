// MAIL FROM: begins a transaction.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp.Verbs;

/// <summary>RFC 5321 4.1.1.2. Whoever has logged in sends under his own addresses only, and so many messages a day.</summary>
internal static class MailVerb
{
    public static async ValueTask<Step> RunAsync(SmtpSession session, Command.Mail command, CancellationToken cancellationToken)
    {
        if (MailParameters.Read(command.Parameters, session, out var parameters) is { } objection)
            return objection;
        if (command.IsUtf8 && !parameters.SmtpUtf8)
            return Replies.Utf8Sender; // RFC 6531 3.5
        if (session.Login is { } login && await RefuseAsync(session, login, command.ReversePath, cancellationToken) is { } refusal)
            return refusal;
        session.Begin(new MailTransaction(command.ReversePath, parameters.EightBitMime)
        {
            DeclaredSize = parameters.Size,
            SmtpUtf8 = parameters.SmtpUtf8,
            Return = parameters.Return,
            EnvelopeId = parameters.EnvelopeId,
        });
        return Replies.SenderOk;
    }

    // RFC 6409 6.1: what a user submits comes from him; he has no null sender either.
    private static async ValueTask<Reply?> RefuseAsync(
        SmtpSession session, EmailAddress login, EmailAddress? reversePath, CancellationToken cancellationToken)
    {
        try
        {
            if (reversePath is not { } sender || !await session.Services.Submission.OwnsAsync(login, sender, cancellationToken))
                return Replies.SenderNotOwned;
        }
        catch (StoreUnavailableException error)
        {
            session.Log.DirectoryUnavailable(session.Connection.Id, error);
            return Replies.LocalTrouble;
        }
        if (session.Services.Outgoing.TryTakeMessage(login))
            return null;
        session.Connection.Metrics.LimitHit(nameof(LimitOptions.MessagesPerDay));
        session.Log.MessageLimit(session.Connection.Id, login);
        return Replies.MessageLimit;
    }
}
