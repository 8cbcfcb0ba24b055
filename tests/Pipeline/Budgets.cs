// What one message and one POP3 session cost in storage transactions, counted by a policy in the clients' pipeline.
using System.Net;
using MailFunctions.App;
using MailFunctions.App.Pipeline;
using MailFunctions.App.Pipeline.Relaying;
using MailFunctions.App.Scanning;
using MailFunctions.Dns;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mailctl.Scaling;
using MailFunctions.Rig;
using MailFunctions.Rig.Peers;
using MailFunctions.Smtp.Client;
using MailFunctions.Storage;
using Microsoft.AspNetCore.Builder;
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
        await using var gateway = new BudgetGateway(stores);
        await gateway.SendAsync("alice@example.test"); // the first message fills the directory's cache
        await RouteAllAsync(stores);

        calls.Clear();
        await gateway.SendAsync("alice@example.test");
        Assert.Equal(MessageCalls.Intake, calls.Names);
        calls.Clear();
        await RouteAllAsync(stores);
        Assert.Equal(MessageCalls.Delivery, calls.Names);
        Assert.Equal((7, 2), (MessageCalls.Local.Count, MessageCalls.Classes(MessageCalls.Local).Writes));
    }

    [Fact]
    public async Task Each_mailbox_more_costs_one_blob_write_more()
    {
        var calls = new StorageCalls();
        using var stores = await OpenAsync(calls);
        var bob = EmailAddress.Parse("bob@example.test");
        await stores.Directory.Accounts.PutAsync(new Account(bob, ScramVerifier.Create(Password, iterations: 1)), CancellationToken.None);
        await stores.Directory.Aliases.PutAsync(new Alias(AliasName.Of(EmailAddress.Parse("both@example.test")), [Alice, bob]), CancellationToken.None);
        await using var gateway = new BudgetGateway(stores);
        await gateway.SendAsync("both@example.test");

        calls.Clear();
        await RouteAllAsync(stores);
        Assert.Equal(MessageCalls.Delivery.Concat(MessageCalls.FurtherCopy).Order(), calls.Names.Order());
    }

    [Fact]
    public async Task One_relayed_message_costs_fourteen_transactions_of_which_three_write_blobs()
    {
        var calls = new StorageCalls();
        using var stores = await OpenAsync(calls);
        await stores.Directory.Aliases.PutAsync(
            new Alias(AliasName.Of(EmailAddress.Parse("away@example.test")), [EmailAddress.Parse("bob@far.test")]), CancellationToken.None);
        await using var peer = new ScriptedPeer(new PeerScript());
        await using var gateway = new BudgetGateway(stores);
        await using var app = AppOver(stores, peer);
        for (var round = 1; round <= 2; round++) // the first message fills the caches: the directory's, and that nothing is known against the destination
        {
            calls.Clear();
            await gateway.SendAsync("away@example.test");
            await WorkOffAsync(stores, WorkQueue.Accepted, app.Services.GetRequiredService<RouteMessage>().RunAsync);
            await WorkOffAsync(stores, WorkQueue.Relay, app.Services.GetRequiredService<RelayMessage>().RunAsync);
        }

        Assert.Equal(2, peer.Taken.Count);
        Assert.Equal(MessageCalls.Relayed, calls.Names);
        Assert.Equal((14, 3), (MessageCalls.Relayed.Count, MessageCalls.Classes(MessageCalls.Relayed).Writes));
    }

    [Fact]
    public async Task An_attempt_in_vain_costs_nine_transactions_and_a_look_before_its_time_six()
    {
        var calls = new StorageCalls();
        using var stores = await OpenAsync(calls);
        await stores.Directory.Aliases.PutAsync(
            new Alias(AliasName.Of(EmailAddress.Parse("away@example.test")), [EmailAddress.Parse("bob@far.test")]), CancellationToken.None);
        await using var peer = new ScriptedPeer(new PeerScript().Saying(PeerStage.Rcpt, "451 4.3.0 not now"));
        await using var gateway = new BudgetGateway(stores);
        await using var app = AppOver(stores, peer);
        for (var round = 1; round <= 2; round++)
        {
            await gateway.SendAsync("away@example.test");
            await WorkOffAsync(stores, WorkQueue.Accepted, app.Services.GetRequiredService<RouteMessage>().RunAsync);
            calls.Clear();
            await WorkOffAsync(stores, WorkQueue.Relay, app.Services.GetRequiredService<RelayMessage>().RunAsync);
        }
        Assert.Equal(MessageCalls.AttemptInVain, calls.Names);
        Assert.Equal(9, MessageCalls.Due.Count + MessageCalls.AttemptInVain.Count);

        await foreach (var entry in stores.Ledgers.ListAsync("", CancellationToken.None))
            await stores.Due.AddAsync(DueEntry.At(stores.Clock.UtcNow.AddMinutes(-1), entry.Id, "far.test", poisoned: 0), CancellationToken.None);
        calls.Clear();
        await app.Services.GetRequiredService<RetryDeferred>().RunAsync(CancellationToken.None);
        string[] lists = ["List Blobs", "GET metadata"]; // the second asks how long the queue is
        Assert.Equal(lists.Concat(MessageCalls.Due).Concat(MessageCalls.Due).Order(), calls.Names.Order()); // both entries at once
        calls.Clear();
        await WorkOffAsync(stores, WorkQueue.Relay, app.Services.GetRequiredService<RelayMessage>().RunAsync);
        Assert.Equal([.. MessageCalls.LookInVain, .. MessageCalls.LookInVain.Skip(1)], calls.Names);
        Assert.Equal(6, MessageCalls.Due.Count + MessageCalls.LookInVain.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_pop3_session_costs_six_transactions_a_list_and_one_a_message_read(int messages)
    {
        var calls = new StorageCalls();
        using var stores = await OpenAsync(calls);
        await using var gateway = new BudgetGateway(stores);
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
            if (round == 2) // the account, which is the session's first call, is remembered from the first round
                Assert.Equal(
                    [.. MessageCalls.Session.Skip(1).SkipLast(1), .. Enumerable.Repeat(MessageCalls.Retrieval, messages).SelectMany(call => call), MessageCalls.Session[^1]],
                    calls.Names);
            Assert.Equal(1, calls.Names.Count(name => name == "List Blobs"));
            Assert.True(calls.Names.Count <= 7 + messages, string.Join(", ", calls.Names));
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

    // The function app over these stores, and one exchanger for far.test.
    private static WebApplication AppOver(MailStores stores, ScriptedPeer peer) => FunctionApp.Build(
        [$"--{AppOptions.PortKey}=0", "--Mail:Hostname=mail.example.test"], builder => builder.Services
            .AddSingleton(stores).AddSingleton<ISpool>(stores.Spool).AddSingleton(stores.Ledgers).AddSingleton(stores.Mailboxes).AddSingleton(stores.Due)
            .AddSingleton(stores.Parked).AddSingleton(stores.Queues).AddSingleton(stores.Destinations).AddSingleton<IDirectory>(stores.Directory)
            .AddSingleton(stores.Clock).AddSingleton(stores.RemovedAccounts).AddSingleton<IDkimKeys>(stores.DkimKeys)
            .AddSingleton(stores.StsPolicies)
            .AddSingleton<IResolver>(new ZoneResolver().AddMx("far.test", 10, "mx.far.test").AddHost("mx.far.test", "203.0.113.1"))
            .AddSingleton<IConnector>(new MemoryNetwork().Add(new IPEndPoint(IPAddress.Parse("203.0.113.1"), 25), peer)));

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
}
