// The gateway as a simulated process: real sessions over connections in memory.
using System.Globalization;
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
using MailFunctions.Simulation.Checks;
using MailFunctions.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Simulation.Engine;

/// <summary>A gateway over one process's stores.</summary>
internal sealed class SimGateway
{
    private static readonly PipeOptions Pipes = new(useSynchronizationContext: false);

    private readonly SimWorld _world;
    private readonly SmtpServices _smtp;
    private readonly Pop3Services _pop3;
    private int _ids;

    public SimGateway(SimWorld world, SimProcess process)
    {
        _world = world;
        Process = process;
        var stores = process.Stores;
        var time = process.Time;
        var options = new GatewayOptions
        {
            Hostname = "mx.example.test", RelayNetworks = "192.0.2.0/24", Authentication = new() { Mode = AuthenticationMode.Off },
            Srs = new() { Keys = "0123456789abcdef0123456789abcdef" },
        };
        var tls = new TlsListeners((TlsCertificate?)null);
        var admission = new Admission(options, new ConnectionGate(options), tls, world.Meters.Metrics, time);
        var logins = new Authenticator(stores.Directory, new PasswordHashing(1, (verifier, password) => verifier.Verify(password.Span)), options, time);
        var rewriting = new SenderRewriting(options, stores.Directory, time);
        var recipients = new RecipientResolver(stores.Directory);
        var submission = new SubmissionPolicy(recipients, options);
        var spool = Plants.Of(world.Planted, stores.Spool, time);
        var signatures = new Signatures(new DomainKeys(stores.DkimKeys), time);
        var intake = new MessageIntake(
            spool, stores.Queues, options, rewriting, submission, new SenderChecks(options, world.Zone, signatures, time), signatures, time, new NoTrace(),
            NullLogger<MessageIntake>.Instance)
        {
            NewId = clock => SpoolId.Derive(clock.GetUtcNow(), new SpoolId(), NumberOf(process.Name, ++_ids)),
        };
        _smtp = new SmtpServices(
            options, new WireLimits(), recipients, logins, intake, admission, tls, rewriting, submission,
            new MailboxQuota(stores.Directory, stores.Mailboxes, options, time), new Blocklists(options, world.Zone, time, NullLogger<Blocklists>.Instance), time,
            new NoTrace());
        _pop3 = new Pop3Services(
            options, logins, Plants.Of(world.Planted, stores.Mailboxes, stores.Spool), stores.Spool, stores.Clock, admission, tls, time,
            new NoTrace(), NullLogger<Pop3Session>.Instance);
    }

    /// <summary>Its process.</summary>
    public SimProcess Process { get; }

    /// <summary>Connects a client to a listener, by its name.</summary>
    public SimConnection Connect(string listener, string address)
    {
        var row = Listeners.Rows.Single(row => row.Name == listener);
        var (toServer, toClient) = (new Pipe(Pipes), new Pipe(Pipes));
        var context = new DefaultConnectionContext(
            Process.NextName("connection"), new Duplex(toServer.Reader, toClient.Writer), new Duplex(toClient.Reader, toServer.Writer))
        {
            RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 40_000),
        };
        Func<ConnectionContext, Task> handler = row.Service == Service.Pop3
            ? new Pop3ConnectionHandler(row, _pop3).OnConnectedAsync
            : new SmtpConnectionHandler(row, _smtp, NullLogger<SmtpConnectionHandler>.Instance).OnConnectedAsync;
        Process.AtDeath.Add(() =>
        {
            toClient.Writer.Complete(new IOException("reset"));
            toServer.Reader.Complete(); // a client that is in the midst of sending must not wait for ever
        });
        _ = ServeAsync(handler, context, toServer, toClient);
        return new SimConnection(_world, toClient.Reader, toServer.Writer);
    }

    private static int NumberOf(string name, int number) => int.Parse(name["gateway".Length..], CultureInfo.InvariantCulture) * 10_000 + number;

    private static async Task ServeAsync(Func<ConnectionContext, Task> handler, ConnectionContext context, Pipe toServer, Pipe toClient)
    {
        await Task.Yield();
        await handler(context);
        await toClient.Writer.CompleteAsync();
        await toServer.Reader.CompleteAsync();
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
