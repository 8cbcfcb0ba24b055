// What the doctor asks of the network and of certificates.
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Mail;

namespace MailFunctions.Mailctl.Doctor;

/// <summary>Looks at port 25 outwards, certificates and the resolver, as far as the operator asks for it.</summary>
internal sealed class NetworkChecks(IResolver resolver, TimeProvider time)
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan NoteworthyRest = TimeSpan.FromDays(21);

    /// <summary>Whether a server elsewhere greets us on its port for mail.</summary>
    public Task<Finding> OutwardsAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        var subject = $"mail out to {host.Host}:{host.Port}";
        const string Remedy = "port 25 may be closed here: see 'Port 25' in infra/README.md, and take a smarthost";
        return DialAsync(subject, host, Remedy, async (stream, token) =>
        {
            var greeting = new byte[3];
            var length = await stream.ReadAtLeastAsync(greeting, greeting.Length, throwOnEndOfStream: false, token);
            return Encoding.Latin1.GetString(greeting, 0, length) == "220"
                ? Finding.Ok(subject, "a server greets")
                : Finding.Fail(subject, "something else than a mail server answers", "somebody on the way takes port 25: ask your network's operator");
        }, cancellationToken);
    }

    /// <summary>How good the certificate of one of our ports is, where TLS begins with the first octet.</summary>
    public Task<Finding> EndPointAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        var subject = $"certificate of {host.Host}:{host.Port}";
        return DialAsync(subject, host, "does the gateway run, and is the port open?", async (stream, token) =>
        {
            Finding? finding = null;
            await using var tls = new SslStream(stream, leaveInnerStreamOpen: true);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = host.Host,
#pragma warning disable CA5359 // the certificate is what is looked at; nothing is sent over this connection
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                {
                    finding = Judge(subject, (X509Certificate2)certificate!, errors);
                    return true;
                },
#pragma warning restore CA5359
            }, token);
            return finding!;
        }, cancellationToken);
    }

    /// <summary>How good the certificate in a PEM file is.</summary>
    public async Task<Finding> FileAsync(string path, CancellationToken cancellationToken)
    {
        var subject = $"certificate in {path}";
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(path, cancellationToken));
            return Judge(subject, certificate, SslPolicyErrors.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return Finding.Fail(subject, "cannot be read", "give a PEM file with a certificate");
        }
    }

    /// <summary>Whether the resolver finds the exchangers of a domain of ours.</summary>
    public async Task<Finding> ResolverAsync(DomainName domain, CancellationToken cancellationToken)
    {
        const string Subject = "names";
        return !DnsName.TryParse(domain.Text, out var name) ? Finding.Fail(Subject, $"{domain} is no name", "remove the domain")
            : await resolver.QueryAsync<MxRecord>(name, cancellationToken) switch
            {
                Answer<MxRecord>.Found => Finding.Ok(Subject, $"{domain} has exchangers"),
                Answer<MxRecord>.Unavailable(var trouble) =>
                    Finding.Fail(Subject, $"nothing can be looked up ({trouble})", "see the machine's resolver, or Mail:Dns:Server"),
                _ => Finding.Warn(Subject, $"{domain} has no exchangers", $"'mailctl dns check {domain}' tells what to set"),
            };
    }

    private Finding Judge(string subject, X509Certificate2 certificate, SslPolicyErrors errors)
    {
        var rest = certificate.NotAfter.ToUniversalTime() - time.GetUtcNow().UtcDateTime;
        var text = string.Create(CultureInfo.InvariantCulture, $"good until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}");
        const string Renew = "renew it: see 'The certificate' in infra/README.md";
        return rest <= TimeSpan.Zero ? Finding.Fail(subject, "its time is over", Renew)
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? Finding.Fail(subject, "it is for another name", Renew)
            : errors != SslPolicyErrors.None ? Finding.Fail(subject, "nobody trusts it", "install it with its chain, from an authority that others trust")
            : rest < NoteworthyRest ? Finding.Warn(subject, text, Renew)
            : Finding.Ok(subject, text);
    }

    private async Task<Finding> DialAsync(
        string subject, DnsEndPoint host, string remedy, Func<Stream, CancellationToken, Task<Finding>> look, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(host, either.Token);
            await using var stream = new NetworkStream(socket);
            return await look(stream, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Finding.Fail(subject, "nobody answers in time", remedy);
        }
        catch (SocketException error)
        {
            return Finding.Fail(subject, $"no connection ({error.SocketErrorCode})", remedy);
        }
        catch (Exception error) when (error is IOException or System.Security.Authentication.AuthenticationException)
        {
            return Finding.Fail(subject, "the connection breaks off", remedy);
        }
    }
}
