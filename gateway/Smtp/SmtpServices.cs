// What every SMTP session of this process shares.
using MailFunctions.Gateway.Connections;
using MailFunctions.Gateway.Logins;
using MailFunctions.Mail;
using MailFunctions.Wire;

namespace MailFunctions.Gateway.Smtp;

/// <summary>The services behind the sessions, made once.</summary>
internal sealed class SmtpServices(
    GatewayOptions options, WireLimits limits, RecipientResolver recipients, Authenticator authenticator, MessageIntake intake, ConnectionGate gate,
    TlsCertificate? certificate, TimeProvider time)
{
    private readonly Dictionary<string, System.Net.Security.SslServerAuthenticationOptions> _tls = certificate is null
        ? [] : Listeners.Rows.ToDictionary(row => row.Name, _ => certificate.CreateOptions());

    public GatewayOptions Options { get; } = options;

    public WireLimits Limits { get; } = limits;

    public RecipientResolver Recipients { get; } = recipients;

    public Authenticator Authenticator { get; } = authenticator;

    public MessageIntake Intake { get; } = intake;

    public ConnectionGate Gate { get; } = gate;

    public TlsCertificate? Certificate { get; } = certificate;

    public TimeProvider Time { get; } = time;

    /// <summary>The handshake options of a listener, only to be asked for where there is a certificate.</summary>
    public System.Net.Security.SslServerAuthenticationOptions TlsOptionsOf(Listener listener) => _tls[listener.Name];

    /// <summary>Networks whose hosts may relay without logging in; parsed once.</summary>
    public IReadOnlyList<System.Net.IPNetwork> TrustedNetworks { get; } = options.TrustedNetworks;
}
