// From the first octet of a session to the moment at which mail can be sent.
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace MailFunctions.Smtp.Client;

/// <summary>Greeting, EHLO or HELO, TLS, EHLO again, login. Every trouble here is of the site.</summary>
internal sealed class SessionOpening(PeerWire wire, ClientTarget target, ClientLimits limits)
{
    /// <summary>What the server offers, as said last.</summary>
    public PeerExtensions Extensions { get; private set; } = PeerExtensions.None;

    /// <summary>Whether the session is under TLS and the certificate is good for the host's name, demanded or not.</summary>
    public bool IsVerified { get; private set; }

    /// <summary>Runs it.</summary>
    /// <returns>What went wrong, or null.</returns>
    public async Task<ClientTrouble?> RunAsync()
    {
        if (target.Tls == TlsMode.Implicit && await HandshakeAsync() is { } failure)
            return failure;
        return await GreetAsync() ?? await SayHelloAsync(ClientStage.Hello) ?? await StartTlsAsync() ?? await LogInAsync();
    }

    private async Task<ClientTrouble?> GreetAsync() => Check(await wire.ReadReplyAsync(limits.Greeting), ClientStage.Banner);

    private async Task<ClientTrouble?> SayHelloAsync(ClientStage stage)
    {
        var answer = await wire.AskAsync($"EHLO {target.Hello}", limits.Command);
        Extensions = PeerExtensions.None;
        if (answer.Reply is { IsSuccess: true })
        {
            Extensions = PeerExtensions.Parse(answer.Lines);
            return null;
        }
        // RFC 5321 3.2: a server that does not know EHLO is spoken to as of old.
        if (answer.Reply is { IsPermanent: true })
            answer = await wire.AskAsync($"HELO {target.Hello}", limits.Command);
        return Check(answer, stage);
    }

    private async Task<ClientTrouble?> StartTlsAsync()
    {
        if (target.Tls is TlsMode.Never or TlsMode.Implicit)
            return null;
        if (!Extensions.StartTls)
            return target.Tls == TlsMode.Required ? Trouble(ClientStage.StartTls, TroubleCause.NoTls) : null;
        var answer = await wire.AskAsync("STARTTLS", limits.Command);
        // RFC 3207 4: who asked only because it was offered may go on in clear.
        if (answer.Reply is { IsTransient: true, Code: not 421 } or { IsPermanent: true } && target.Tls == TlsMode.Opportunistic)
            return null;
        if (Check(answer, ClientStage.StartTls) is { } refusal)
            return refusal;
        // What was sent in clear behind the 220 would be heard as if it had come under TLS (RFC 3207 6, CVE-2011-0411).
        if (wire.HasInput())
            return Trouble(ClientStage.StartTls, TroubleCause.Malformed, "octets in clear behind the reply to STARTTLS");
        // RFC 3207 4.2: what was learned in clear is forgotten.
        return await HandshakeAsync() ?? await SayHelloAsync(ClientStage.HelloAgain);
    }

    private async Task<ClientTrouble?> HandshakeAsync()
    {
        if (await wire.HandshakeAsync(CreateOptions(), limits.Handshake) is { } why)
            return Trouble(ClientStage.Handshake, TroubleCause.TlsFailed, why);
        IsVerified |= target.VerifiesCertificate;
        return null;
    }

    private async Task<ClientTrouble?> LogInAsync()
    {
        if (target.Login is not { } login)
            return null;
        var exchange = SaslClient.Begin(Extensions.Mechanisms, login);
        if (exchange is null || !wire.IsTls)
            return Trouble(ClientStage.Login, TroubleCause.NoLogin, "no mechanism in common");
        return await new ClientAuthentication(wire, limits, target.HostName).RunAsync(exchange);
    }

    private SslClientAuthenticationOptions CreateOptions()
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = target.HostName,
#pragma warning disable CA5398 // older versions are refused whatever the system's defaults are (RFC 8996)
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
            // A certificate of a stranger names hosts from which more certificates could be had: they are not asked, since anybody could be named.
            CertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = target.Login is null },
        };
        if (target.TrustedRoots is { } roots)
        {
            options.CertificateChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            options.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }
        if (!target.VerifiesCertificate)
        {
#pragma warning disable CA5359 // opportunistic TLS: the alternative to an unverified certificate is no TLS at all (RFC 7435 1.2)
            options.RemoteCertificateValidationCallback = (_, _, _, errors) =>
            {
                IsVerified = errors == SslPolicyErrors.None;
                return true;
            };
#pragma warning restore CA5359
        }
        return options;
    }

    private ClientTrouble? Check(Answer answer, ClientStage stage) => answer.Reply switch
    {
        { IsSuccess: true } => null,
        { IsTransient: true } or { IsPermanent: true } => ClientTrouble.FromReply(TroubleScope.Site, stage, target.HostName, answer.Reply),
        { } reply => Trouble(stage, TroubleCause.Malformed, reply.ToString()),
        null => Trouble(stage, answer.Cause),
    };

    private ClientTrouble Trouble(ClientStage stage, TroubleCause cause, string? why = null) =>
        ClientTrouble.OfSite(stage, cause, target.HostName, why);
}
