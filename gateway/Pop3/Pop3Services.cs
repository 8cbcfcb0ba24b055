// What every POP3 session of this process shares.
using MailFunctions.Gateway.Connections;
using MailFunctions.Gateway.Logins;
using MailFunctions.Mail.Stores;
using MailFunctions.Wire;

namespace MailFunctions.Gateway.Pop3;

/// <summary>The services behind the sessions, made once.</summary>
internal sealed class Pop3Services(
    GatewayOptions options, Authenticator logins, IMailboxStore mailboxes, ISpool spool, IStoreClock clock, Admission admission, TlsListeners tls,
    TimeProvider time, ITrace trace, ILogger<Pop3Session> log)
{
    /// <summary>
    /// The limits of a session. RFC 2449 4 asks for lines of 255 octets, and the longest password must fit behind PASS; RFC 1939 3 forbids to log
    /// anybody out before 10 minutes of silence have passed.
    /// </summary>
    public WireLimits Limits { get; } = options.Limits.ToWire() with { CommandLine = 1_100, Idle = TimeSpan.FromMinutes(10) };

    /// <summary>How long storage may take for one command, or one piece of a message. It has limits of its own, but a maildrop must not be held by a bug.</summary>
    public static TimeSpan Work { get; } = TimeSpan.FromMinutes(10);

    public GatewayOptions Options { get; } = options;

    public Authenticator Logins { get; } = logins;

    public Admission Admission { get; } = admission;

    public TlsListeners Tls { get; } = tls;

    public TimeProvider Time { get; } = time;

    public ITrace Trace { get; } = trace;

    public ILogger Log { get; } = log;

    /// <summary>The maildrops.</summary>
    public Maildrops Maildrops { get; } = new(mailboxes, spool, clock, time, trace, log);
}
