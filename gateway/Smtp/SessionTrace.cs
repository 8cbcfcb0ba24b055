// What the trace is told of SMTP sessions.
using MailFunctions.Mail.Stores;
using MailFunctions.Mail.Traces;

namespace MailFunctions.Gateway.Smtp;

/// <summary>Entries that say who the client was.</summary>
internal static class SessionTrace
{
    /// <summary>An entry about something in this session.</summary>
    public static TraceEntry Entry(this SmtpSession session, TraceKind kind) => new(kind)
    {
        Session = session.Connection.Id,
        Listener = session.Listener.Name,
        Address = session.Connection.Address?.ToString(),
        Tls = session.Connection.TlsVersion,
        Helo = session.Hello,
        Login = session.Login?.ToString(),
    };

    /// <summary>Notes that a recipient was refused, if he was.</summary>
    public static void NoteRefusal(this ITrace trace, SmtpSession session, Smtp.Step step, MailFunctions.Mail.EmailAddress? recipient)
    {
        if (step is not Smtp.Step.Say { Reply: { IsError: true } reply } || recipient is not { } to)
            return;
        trace.Note(session.Entry(TraceKind.Refused) with
        {
            From = session.Transaction?.ReversePath?.ToString() ?? "",
            To = [to.ToString()],
            Reply = reply.ToString(),
        });
    }
}
