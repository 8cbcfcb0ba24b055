// RCPT TO: finds out where the mail would go, and whether this client may send it there.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp.Verbs;

/// <summary>RFC 5321 4.1.1.3. Unknown users are refused here, so that nothing ever has to be returned to a forged sender.</summary>
internal static class RcptVerb
{
    public static async ValueTask<Step> RunAsync(SmtpSession session, Command.Rcpt command, CancellationToken cancellationToken)
    {
        var step = await DecideAsync(session, command, cancellationToken);
        session.Services.Trace.NoteRefusal(session, step, command.ForwardPath);
        return step;
    }

    private static async ValueTask<Step> DecideAsync(SmtpSession session, Command.Rcpt command, CancellationToken cancellationToken)
    {
        if (RecipientWishes.Read(command.Parameters, session.IsExtended, out var wishes) is { } objection)
            return objection;
        var transaction = session.Transaction!; // the rule demands one
        if (command.IsUtf8 && !transaction.SmtpUtf8)
            return Replies.Utf8Recipient; // RFC 6531 3.5
        if (transaction.Accepted >= session.MaxRecipients || transaction.Recipients.Count >= MostTargets(session))
            return TooMany(session);
        // <Postmaster> is open to those who are listed by mistake (RFC 5321 4.5.1).
        if (command.ForwardPath is not null && await session.FindBlocklistAsync(cancellationToken) is { } zone)
            return Replies.Blocklisted(zone);

        if (command.ForwardPath is { } rewritten && session.Services.Rewriting.Read(rewritten) is { } sender)
        {
            // What comes back to an address under which we forwarded goes to the one who sent.
            transaction.Add(wishes.On([new Recipient { Target = sender, Original = rewritten, IsLocal = false }]));
            return Replies.RecipientOk;
        }
        try
        {
            return command.ForwardPath is { } address
                ? await DecideAsync(
                    session, transaction, address, wishes, await session.Services.Recipients.ResolveAsync(address, cancellationToken), cancellationToken)
                : await RunForPostmasterAsync(session, transaction, wishes, cancellationToken);
        }
        catch (StoreUnavailableException error)
        {
            session.Log.DirectoryUnavailable(session.Connection.Id, error);
            return Replies.LocalTrouble;
        }
    }

    // However few recipients a stranger may name: what aliases make of them is not his doing.
    private static int MostTargets(SmtpSession session) => session.Services.Options.Limits.Recipients;

    private static Reply TooMany(SmtpSession session)
    {
        session.Connection.Metrics.LimitHit(
            session.MaxRecipients < MostTargets(session) ? nameof(LimitOptions.RecipientsUnauthenticated) : nameof(LimitOptions.Recipients));
        return Replies.TooManyRecipients;
    }

    // RFC 5321 4.5.1: <Postmaster> without a domain is always taken.
    private static async ValueTask<Step> RunForPostmasterAsync(
        SmtpSession session, MailTransaction transaction, RecipientWishes wishes, CancellationToken cancellationToken)
    {
        foreach (var address in session.Services.Options.PostmasterAddresses())
        {
            if (await session.Services.Recipients.ResolveAsync(address, cancellationToken) is not Resolution.OtherDomain and var resolution)
                return await DecideAsync(session, transaction, address, wishes, resolution, cancellationToken);
        }
        return Replies.NoSuchUser;
    }

    private static async ValueTask<Step> DecideAsync(
        SmtpSession session, MailTransaction transaction, EmailAddress address, RecipientWishes wishes, Resolution resolution,
        CancellationToken cancellationToken)
    {
        switch (resolution)
        {
            case Resolution.Found found when transaction.Recipients.Count + found.Recipients.Count > MostTargets(session) && transaction.Recipients.Count > 0:
                return TooMany(session);
            case Resolution.Found found when await session.Services.Quota.IsExhaustedAsync(found.Recipients, transaction.DeclaredSize, cancellationToken):
                session.Connection.Metrics.LimitHit(nameof(LimitOptions.MailboxBytes));
                session.Log.MailboxFull(session.Connection.Id, address);
                return Replies.MailboxFull;
            case Resolution.Found found:
                transaction.Add(wishes.On(found.Recipients));
                return Replies.RecipientOk;
            case Resolution.OtherDomain when session.Login is { } login && !session.Services.Outgoing.TryTake(login, address):
                session.Connection.Metrics.LimitHit(nameof(LimitOptions.NewRecipientsPerDay));
                session.Log.OutgoingLimit(session.Connection.Id, login);
                return Replies.OutgoingLimit;
            case Resolution.OtherDomain when session.MayRelay:
                transaction.Add(wishes.On([new Recipient { Target = address, Original = address, IsLocal = false }]));
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
