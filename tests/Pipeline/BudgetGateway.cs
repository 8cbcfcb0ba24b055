// The gateway over stores whose calls are counted.
using System.Globalization;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Gateway;
using MailFunctions.Gateway.Connections;
using MailFunctions.Gateway.Logins;
using MailFunctions.Gateway.Pop3;
using MailFunctions.Gateway.Senders;
using MailFunctions.Gateway.Smtp;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Protocol;
using MailFunctions.Rig;
using MailFunctions.Storage;
using MailFunctions.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Pipeline;

/// <summary>The gateway's sessions over these stores.</summary>
internal sealed class BudgetGateway : IAsyncDisposable
{
    private readonly PasswordHashing _hashing = new();
    private readonly SmtpServices _smtp;
    private readonly Pop3Services _pop3;

    public BudgetGateway(MailStores stores)
    {
        var options = new GatewayOptions { Hostname = "mx.example.test" };
        var time = TimeProvider.System;
        var tls = new TlsListeners((TlsCertificate?)null);
        var admission = new Admission(options, new ConnectionGate(options), tls, new MemoryMeters().Metrics, time);
        var logins = new Authenticator(stores.Directory, _hashing, options, time);
        var rewriting = new SenderRewriting(options, stores.Directory, time);
        var recipients = new RecipientResolver(stores.Directory);
        var submission = new SubmissionPolicy(recipients, options);
        var signatures = new Signatures(new DomainKeys(stores.DkimKeys), time);
        _smtp = new SmtpServices(
            options, new WireLimits(), recipients, logins,
            new MessageIntake(stores.Spool, stores.Queues, options, rewriting, submission, new SenderChecks(options, new ZoneResolver(), signatures, time), signatures, time, new NoTrace(),
                NullLogger<MessageIntake>.Instance), admission, tls, rewriting,
            submission, new MailboxQuota(stores.Directory, stores.Mailboxes, options, time),
            new Blocklists(options, new ZoneResolver(), time, NullLogger<Blocklists>.Instance), time, new NoTrace());
        _pop3 = new Pop3Services(
            options, logins, stores.Mailboxes, stores.Spool, stores.Clock, admission, tls, time, new NoTrace(), NullLogger<Pop3Session>.Instance);
    }

    public MemoryClient Connect(string listener, string address)
    {
        var row = Listeners.Rows.Single(row => row.Name == listener);
        return new MemoryClient(
            row.Service == Service.Pop3
                ? new Pop3ConnectionHandler(row, _pop3).OnConnectedAsync
                : new SmtpConnectionHandler(row, _smtp, NullLogger<SmtpConnectionHandler>.Instance).OnConnectedAsync,
            address);
    }

    public async Task SendAsync(string recipient)
    {
        await using var client = Connect("Smtp", "192.0.2.9");
        await client.ReadReplyAsync();
        foreach (var (line, code) in Lines(recipient))
            Assert.StartsWith(code.ToString(CultureInfo.InvariantCulture), await client.AskAsync(line), StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _hashing.DisposeAsync();

    private static (string Line, int Code)[] Lines(string recipient) =>
    [
        ("EHLO c.test", 250), ("MAIL FROM:<a@far.test>", 250), ($"RCPT TO:<{recipient}>", 250), ("DATA", 354), ("Subject: x\r\n\r\nx\r\n.", 250), ("QUIT", 221),
    ];
}
