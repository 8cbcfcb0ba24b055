// The gateway's sessions in this process, over stores that cost nothing.
using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using System.Net;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Gateway;
using MailFunctions.Gateway.Connections;
using MailFunctions.Gateway.Logins;
using MailFunctions.Gateway.Pop3;
using MailFunctions.Gateway.Senders;
using MailFunctions.Gateway.Smtp;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Rig.Memory;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Bench;

/// <summary>us.test with alice, whose mailbox holds one message.</summary>
internal sealed class MemoryGateway : IMeterFactory, IAsyncDisposable
{
    private readonly List<Meter> _meters = [];
    private readonly PasswordHashing _hashing = new();

    public MemoryGateway(byte[]? message = null, IMailboxStore? mailboxes = null, IStoreClock? clock = null)
    {
        var options = new GatewayOptions { Hostname = "mx.us.test", Postmaster = "alice@us.test" };
        options.Limits.Connections = options.Limits.ConnectionsPerAddress = options.Limits.ConnectionsPerPrefix = 100_000;
        var directory = new MemoryDirectory().Domain("us.test", "alice@us.test").Account("alice@us.test");
        options.Authentication.Mode = AuthenticationMode.Off; // no time of others is measured
        var logins = new Authenticator(directory, _hashing, options, TimeProvider.System);
        var spool = new DiscardingSpool();
        var resolver = new RecipientResolver(directory);
        var rewriting = new SenderRewriting(options, directory, TimeProvider.System);
        var submission = new SubmissionPolicy(resolver, options);
        var signatures = new Signatures(new DomainKeys(new MemoryDkimKeys()), TimeProvider.System);
        var intake = new MessageIntake(
            spool, spool, options, rewriting, submission, new SenderChecks(options, new ZoneResolver(), signatures, TimeProvider.System), signatures,
            TimeProvider.System, new NoTrace(),
            NullLogger<MessageIntake>.Instance);
        var tls = new TlsListeners((TlsCertificate?)null);
        var admission = new Admission(options, new ConnectionGate(options), tls, new GatewayMetrics(this), TimeProvider.System);
        var single = new SingleMailbox(message ?? []);
        var mailbox = mailboxes ?? single;
        Smtp = new SmtpConnectionHandler(
            Listeners.Rows[0],
            new SmtpServices(
                options, options.Limits.ToWire(), resolver, logins, intake, admission, tls, rewriting, submission,
                new MailboxQuota(directory, mailbox, options, TimeProvider.System),
                new Blocklists(options, new ZoneResolver(), TimeProvider.System, NullLogger<Blocklists>.Instance), TimeProvider.System, new NoTrace()),
            NullLogger<SmtpConnectionHandler>.Instance);
        Pop3 = new Pop3ConnectionHandler(
            Listeners.Rows.Single(row => row.Name == "Pop3"),
            new Pop3Services(options, logins, mailbox, spool, clock ?? single, admission, tls, TimeProvider.System, new NoTrace(), NullLogger<Pop3Session>.Instance));
    }

    /// <summary>Takes mail.</summary>
    public ConnectionHandler Smtp { get; }

    /// <summary>Gives it out.</summary>
    public ConnectionHandler Pop3 { get; }

    /// <summary>Lets a handler serve a connection that is two pipes.</summary>
    public static (PipeReader FromServer, PipeWriter ToServer, Task Served) Connect(ConnectionHandler handler)
    {
        var toServer = new Pipe();
        var fromServer = new Pipe();
        var context = new DefaultConnectionContext("bench", new Duplex(toServer.Reader, fromServer.Writer), new Duplex(fromServer.Reader, toServer.Writer))
        {
            RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 40_000),
        };
        return (fromServer.Reader, toServer.Writer, Task.Run(ServeAsync));

        async Task ServeAsync()
        {
            await handler.OnConnectedAsync(context);
            await fromServer.Writer.CompleteAsync(); // a client that is hung up on must not wait
        }
    }

    /// <inheritdoc/>
    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    /// <inheritdoc/>
    public void Dispose() => _meters.ForEach(meter => meter.Dispose());

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return _hashing.DisposeAsync();
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
