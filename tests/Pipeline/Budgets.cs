// What one message and one POP3 session cost in storage transactions, counted by a policy in the clients' pipeline.
using System.Globalization;
using System.Net;
using MailFunctions.App;
using MailFunctions.App.Pipeline;
using MailFunctions.App.Pipeline.Relaying;
using MailFunctions.App.Scanning;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Dns;
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
using MailFunctions.Rig.Peers;
using MailFunctions.Smtp.Client;
using MailFunctions.Storage;
using MailFunctions.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Pipeline;

public sealed class Budgets(AzuriteServer azurite)
{
    private const string Password = "open sesame";
    private static readonly EmailAddress Alice = EmailAddress.Parse("alice@example.test");

    [Fact]
    public async Task One_local_message_costs_seven_transactions_of_which_two_write_blobs()
    {
        var calls = new StorageCalls();
        using var stores = await OpenAsync(calls);
        await using var gateway = new TestGateway(stores);
        await gateway.SendAsync("alice@example.test"); // the first message fills the directory's cache
        await RouteAllAsync(stores);

        calls.Clear();
        await gateway.SendAsync("alice@example.test");
        Assert.Equal(["Put Blob", "Put Message"], calls.Names);
        calls.Clear();
        await RouteAllAsync(stores);
        Assert.Equal(["Get Messages", "Get Blob", "Put Blob", "Delete Blob", "Delete Message"], calls.Names);
    }

    [Fact]
    public async Task One_relayed_message_costs_fourteen_transactions_of_which_three_write_blobs()
    {
        var calls = new StorageCalls();
        using var stores = await OpenAsync(calls);
        await stores.Directory.Aliases.PutAsync(
            new Alias(AliasName.Of(EmailAddress.Parse("away@example.test")), [EmailAddress.Parse("bob@far.test")]), CancellationToken.None);
        await using var peer = new ScriptedPeer(new PeerScript());
        await using var gateway = new TestGateway(stores);
        await using var app = FunctionApp.Build(
            [$"--{AppOptions.PortKey}=0", "--Mail:Hostname=mail.example.test"], builder => builder.Services
                .AddSingleton(stores).AddSingleton<ISpool>(stores.Spool).AddSingleton(stores.Ledgers).AddSingleton(stores.Mailboxes).AddSingleton(stores.Due)
                .AddSingleton(stores.Parked).AddSingleton(stores.Queues).AddSingleton(stores.Destinations).AddSingleton<IDirectory>(stores.Directory)
                .AddSingleton(stores.Clock).AddSingleton(stores.RemovedAccounts).AddSingleton<IDkimKeys>(stores.DkimKeys)
                .AddSingleton(stores.StsPolicies)
                .AddSingleton<IResolver>(new ZoneResolver().AddMx("far.test", 10, "mx.far.test").AddHost("mx.far.test", "203.0.113.1"))
                .AddSingleton<IConnector>(new MemoryNetwork().Add(new IPEndPoint(IPAddress.Parse("203.0.113.1"), 25), peer)));
        for (var round = 1; round <= 2; round++) // the first message fills the caches: the directory's, and that nothing is known against the destination
        {
            calls.Clear();
            await gateway.SendAsync("away@example.test");
            await WorkOffAsync(stores, WorkQueue.Accepted, app.Services.GetRequiredService<RouteMessage>().RunAsync);
            await WorkOffAsync(stores, WorkQueue.Relay, app.Services.GetRequiredService<RelayMessage>().RunAsync);
        }

        Assert.Equal(2, peer.Taken.Count);
        Assert.Equal(
            [
                "Put Blob", "Put Message",
                "Get Messages", "Get Blob", "Put Blob", "Put Message", "Delete Message",
                "Get Messages", "Get Blob", "Put Blob", "Get Blob", "Delete Blob", "Delete Blob", "Delete Message",
            ],
            calls.Names);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_pop3_session_costs_six_transactions_a_list_and_one_a_message_read(int messages)
    {
        var calls = new StorageCalls();
        using var stores = await OpenAsync(calls);
        await using var gateway = new TestGateway(stores);
        for (var number = 0; number < messages; number++)
            await stores.Mailboxes.DeliverAsync(Alice, SpoolId.New(TimeProvider.System), default, "Subject: x\r\n\r\nx\r\n"u8.ToArray(), CancellationToken.None);
        for (var round = 1; round <= 2; round++)
        {
            calls.Clear(); // the first session of a maildrop makes its lock besides; it must not cost more for that
            await using var client = gateway.Connect("Pop3", "127.0.0.1");
            await client.ReadLineAsync();
            foreach (var line in (string[])["USER alice@example.test", $"PASS {Password}", "STAT"])
            {
                await client.SendAsync(line + "\r\n");
                Assert.StartsWith("+OK", await client.ReadLineAsync(), StringComparison.Ordinal);
            }
            foreach (var line in (string[])["UIDL", "LIST", .. Enumerable.Range(1, messages).Select(number => $"RETR {number}")])
            {
                await client.SendAsync(line + "\r\n");
                while (await client.ReadLineAsync() is { } answer && answer != ".")
                    Assert.DoesNotContain("-ERR", answer, StringComparison.Ordinal);
            }
            await client.SendAsync("QUIT\r\n");
            Assert.StartsWith("+OK", await client.ReadLineAsync(), StringComparison.Ordinal);
            await client.Ended;
            var lists = calls.Names.Count(name => name == "List Blobs");
            Assert.Equal(1, lists);
            Assert.True(calls.Names.Count - lists <= 6 + messages, string.Join(", ", calls.Names));
        }
    }

    private async Task<MailStores> OpenAsync(StorageCalls calls)
    {
        var stores = MailStores.Open(
            new StorageOptions { Storage = azurite.FreshAccount() }, "Development", new StorageSeams { Policies = [calls] });
        await stores.Layout.CreateAllAsync(CancellationToken.None);
        await stores.Directory.Domains.PutAsync(new LocalDomain(Alice.Domain, DomainKind.Local, Alice), CancellationToken.None);
        await stores.Directory.Accounts.PutAsync(new Account(Alice, ScramVerifier.Create(Password, iterations: 1)), CancellationToken.None);
        return stores;
    }

    // What the Functions host does around the stage: take, call, delete.
    private static async Task RouteAllAsync(MailStores stores)
    {
        var delivery = new LocalDelivery(stores.Spool, stores.Mailboxes, new NoTrace(), NullLogger<LocalDelivery>.Instance);
        var options = new RelayOptions { Hostname = DomainName.Parse("mail.example.test"), Hold = true };
        var route = new RouteMessage(
            stores.Spool, stores.Ledgers, stores.Parked, stores.Due, stores.Queues, stores.Clock,
            new ContentScan(options, stores.Spool, stores.Clock, TimeProvider.System, NullLogger<ContentScan>.Instance), delivery, new WorkGate(), options, TimeProvider.System, new NoTrace(),
            NullLogger<RouteMessage>.Instance);
        await WorkOffAsync(stores, WorkQueue.Accepted, route.RunAsync);
    }

    private static async Task WorkOffAsync(MailStores stores, WorkQueue name, Func<ReadOnlyMemory<byte>, CancellationToken, Task<Ending>> stage)
    {
        var queue = stores.Connection.Queues.GetQueueClient(BlobNames.Queue(name));
        var messages = await queue.ReceiveMessagesAsync(maxMessages: 32);
        foreach (var message in messages.Value)
        {
            Assert.Equal(Ending.Done, await stage(Convert.FromBase64String(message.Body.ToString()), CancellationToken.None));
            await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt);
        }
    }

    // The gateway's sessions over these stores.
    private sealed class TestGateway : IAsyncDisposable
    {
        private readonly PasswordHashing _hashing = new();
        private readonly SmtpServices _smtp;
        private readonly Pop3Services _pop3;

        public TestGateway(MailStores stores)
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
}
