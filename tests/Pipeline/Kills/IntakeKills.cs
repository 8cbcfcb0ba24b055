// A gateway that dies, and a client that goes, around the commit of a message.
using System.Net.Sockets;
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Rig.Memory;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Kills;

public sealed class IntakeKills(AzuriteServer azurite) : IAsyncLifetime
{
    private static readonly EmailAddress Alice = EmailAddress.Parse("alice@example.test");

    private readonly string _account = azurite.FreshAccount();
    private MailStores _stores = null!;
    private StorageProxy _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        _stores = MailStores.Open(new StorageOptions { Storage = _account }, "Development");
        await _stores.Layout.CreateAllAsync(CancellationToken.None);
        await _stores.Directory.Domains.PutAsync(new LocalDomain(Alice.Domain, DomainKind.Local, Alice), CancellationToken.None);
        await _stores.Directory.Accounts.PutAsync(new Account(Alice, ScramVerifier.Unmatchable), CancellationToken.None);
        _proxy = await StorageProxy.StartAsync(_account);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _stores.Dispose();
    }

    [Theory]
    [InlineData("Put Blob", FaultMoment.Before, 0)]
    [InlineData("Put Blob", FaultMoment.After, 1)]
    [InlineData("Put Message", FaultMoment.Before, 1)]
    [InlineData("Put Message", FaultMoment.After, 1)]
    public async Task F01_F02_F03_F04_a_gateway_killed_around_the_commit_answers_nothing_and_keeps_the_message_whole_or_not_at_all(
        string call, FaultMoment moment, int kept)
    {
        using (var gateway = await GatewayProcess.StartAsync(_proxy.ConnectionString))
        {
            _proxy.Plan((_, name) => name == call, moment, gateway.KillAsync);
            using var client = await BeginAsync(gateway);
            Assert.Null(await client.AskAsync("Subject: x\r\n\r\nx\r\n."));
            await _proxy.SettleAsync();
        }
        Assert.True(_proxy.HasStruck);
        Assert.Equal(kept, (await SpooledAsync()).Count);

        using var second = await GatewayProcess.StartAsync(_account);
        using var again = await BeginAsync(second);
        Assert.StartsWith("250 2.0.0", await again.AskAsync("Subject: x\r\n\r\nx\r\n."), StringComparison.Ordinal);
        Assert.Equal(kept + 1, (await SpooledAsync()).Count); // one for each attempt of the client's at most
    }

    [Fact]
    public async Task F34_a_gateway_that_is_told_to_stop_takes_the_messages_that_end_in_time_and_none_of_the_others()
    {
        using var gateway = await GatewayProcess.StartAsync(_account, ("Limits__Drain", "00:00:04"), ("Limits__ConnectionsPerAddress", "100"));
        var ending = new List<Client>();
        var endless = new List<Client>();
        for (var i = 0; i < 10; i++)
        {
            ending.Add(await BeginAsync(gateway));
            endless.Add(await BeginAsync(gateway));
            await endless[^1].SayAsync("Subject: x");
        }
        using var idle = new Client(gateway.SmtpPort);
        Assert.StartsWith("220", await idle.AskAsync(null), StringComparison.Ordinal);

        await gateway.TerminateAsync();
        Assert.StartsWith("421 4.3.2", await idle.AskAsync(null), StringComparison.Ordinal);
        Assert.Throws<SocketException>(() => new Client(gateway.SmtpPort)); // nobody new
        foreach (var client in ending)
        {
            Assert.StartsWith("250 2.0.0", await client.AskAsync("Subject: x\r\n\r\nx\r\n."), StringComparison.Ordinal);
            Assert.StartsWith("421 4.3.2", await client.AskAsync(null), StringComparison.Ordinal);
        }
        foreach (var client in endless)
            Assert.StartsWith("421 4.3.2", await client.AskAsync(null), StringComparison.Ordinal);
        Assert.Equal(0, await gateway.ExitAsync());
        Assert.Equal(ending.Count, (await SpooledAsync()).Count);
        ending.Concat(endless).ToList().ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task F05_a_client_whose_connection_is_reset_before_it_reads_the_250_finds_its_message_kept()
    {
        using var gateway = await GatewayProcess.StartAsync(_proxy.ConnectionString);
        var client = await BeginAsync(gateway);
        await client.SayAsync("Subject: x\r\n\r\nx\r\n.");
        for (var tries = 0; client.Available == 0; tries++) // the reply has come, and is not read
        {
            Assert.True(tries < 6_000, "No reply comes.");
            await Task.Delay(10);
        }
        client.Reset();

        Assert.Single(await SpooledAsync());
        Assert.Equal(1, await _stores.Queues.CountAsync(WorkQueue.Accepted, CancellationToken.None));
        using var again = await BeginAsync(gateway); // and nobody else's session is the worse for it
        Assert.StartsWith("250 2.0.0", await again.AskAsync("Subject: x\r\n\r\nx\r\n."), StringComparison.Ordinal);
        Assert.Equal(2, (await SpooledAsync()).Distinct().Count());
    }

    // Every message in the spool is there with all its octets.
    private async Task<List<SpoolId>> SpooledAsync()
    {
        var ids = new List<SpoolId>();
        await foreach (var entry in _stores.Spool.ListAsync("", CancellationToken.None))
        {
            ids.Add(entry.Id);
            await using var reader = Assert.IsType<SpoolOpening.Opened>(await _stores.Spool.OpenAsync(entry.Id, CancellationToken.None)).Reader;
            var content = new byte[10_000];
            var length = 0;
            for (int count; (count = await reader.ReadAsync(content.AsMemory(length), CancellationToken.None)) > 0;)
                length += count;
            Assert.EndsWith("Subject: x\r\n\r\nx\r\n", Encoding.ASCII.GetString(content, 0, length), StringComparison.Ordinal);
        }
        return ids;
    }

    private static async Task<Client> BeginAsync(GatewayProcess gateway)
    {
        var client = new Client(gateway.SmtpPort);
        Assert.StartsWith("220", await client.AskAsync(null), StringComparison.Ordinal);
        foreach (var (line, code) in new[] { ("HELO c.test", "250"), ("MAIL FROM:<a@far.test>", "250"), ($"RCPT TO:<{Alice}>", "250"), ("DATA", "354") })
            Assert.StartsWith(code, await client.AskAsync(line), StringComparison.Ordinal);
        return client;
    }

    private sealed class Client : IDisposable
    {
        private readonly TcpClient _client = new();
        private readonly StreamReader _reader;

        public Client(int port)
        {
            _client.Connect("127.0.0.1", port);
            _reader = new StreamReader(_client.GetStream(), Encoding.Latin1);
        }

        public int Available => _client.Available;

        public async Task SayAsync(string line) => await _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n"));

        public async Task<string?> AskAsync(string? line)
        {
            try
            {
                if (line is not null)
                    await SayAsync(line);
                return await _reader.ReadLineAsync();
            }
            catch (IOException)
            {
                return null;
            }
        }

        public void Reset()
        {
            _client.Client.LingerState = new LingerOption(true, 0);
            Dispose();
        }

        public void Dispose()
        {
            _reader.Dispose();
            _client.Dispose();
        }
    }
}
