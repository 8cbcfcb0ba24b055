// The span of a message: from DATA, or the first BDAT, to the reply.
using System.Diagnostics;
using MailFunctions.Smtp;
using MailFunctions.Telemetry;

namespace MailFunctions.Gateway.Smtp;

/// <summary>The first span of a message's trace. It says who handed it over, and what was answered; no address of mail, and no text.</summary>
internal static class IntakeSpans
{
    /// <summary>Begins it; null where nobody listens.</summary>
    public static Activity? Start() => MailSpans.Start(traceparent: null, "smtp receive", ActivityKind.Server);

    /// <summary>Goes on within it: a chunk may be another command than the one in which it began.</summary>
    public static void Enter(this Activity? span)
    {
        if (span is not null)
            Activity.Current = span;
    }

    /// <summary>Says what it was about and how it ended.</summary>
    public static void Note(this Activity? span, SmtpSession session, MailTransaction transaction, Reception reception, Reply reply)
    {
        if (span is null)
            return;
        span.SetTag("network.protocol.name", "smtp");
        span.SetTag("network.transport", "tcp");
        if (session.Connection.Address is { } address)
            span.SetTag("network.peer.address", address.ToString());
        span.SetTag("mail.listener", session.Listener.Name);
        span.SetTag("mail.session", session.Connection.Id);
        span.SetTag("mail.tls", session.Connection.IsTls);
        span.SetTag("mail.spool_id", reception.Id.Text);
        span.SetTag("mail.octets", reception.Octets);
        span.SetTag("mail.recipients", transaction.Recipients.Count);
        if (transaction.ReversePath is { } sender)
            span.SetTag("mail.sender.domain", sender.Domain.Text);
        span.SetTag("mail.reply.code", reply.Code);
        if (reply.Status is { } status)
            span.SetTag("mail.reply.status", $"{reply.Code / 100}.{status.Subject}.{status.Detail}");
        if (reply.Code is >= 400 and < 500)
            span.SetStatus(ActivityStatusCode.Error); // ours; a refusal for good is the client's
    }
}
