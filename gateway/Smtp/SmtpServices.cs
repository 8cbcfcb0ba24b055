// What every SMTP session of this process shares.
using MailFunctions.Gateway.Connections;
using MailFunctions.Gateway.Logins;
using MailFunctions.Gateway.Senders;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Wire;

namespace MailFunctions.Gateway.Smtp;

/// <summary>The services behind the sessions, made once.</summary>
internal sealed class SmtpServices(
    GatewayOptions options, WireLimits limits, RecipientResolver recipients, Authenticator authenticator, MessageIntake intake, Admission admission,
    TlsListeners tls, SenderRewriting rewriting, SubmissionPolicy submission, MailboxQuota quota, Blocklists blocklists,
    TimeProvider time, ITrace trace)
{
    public GatewayOptions Options { get; } = options;

    public WireLimits Limits { get; } = limits;

    public RecipientResolver Recipients { get; } = recipients;

    public Authenticator Authenticator { get; } = authenticator;

    public MessageIntake Intake { get; } = intake;

    public Admission Admission { get; } = admission;

    public TlsListeners Tls { get; } = tls;

    public TimeProvider Time { get; } = time;

    public ITrace Trace { get; } = trace;

    public SenderRewriting Rewriting { get; } = rewriting;

    public SubmissionPolicy Submission { get; } = submission;

    public MailboxQuota Quota { get; } = quota;

    public Blocklists Blocklists { get; } = blocklists;

    public OutgoingAllowance Outgoing { get; } = new(options, time);

    /// <summary>Networks whose hosts may relay without logging in; parsed once.</summary>
    public IReadOnlyList<System.Net.IPNetwork> TrustedNetworks { get; } = options.ParseRelayNetworks();
}
