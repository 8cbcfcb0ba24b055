// The SMTP client against Postfix, Exim and OpenSMTPD.
using System.Net;
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Rig.Peers;
using MailFunctions.Smtp.Client;

namespace MailFunctions.EndToEnd.Peers;

/// <summary>Each server is started once, when the first test wants it.</summary>
public sealed class RunningServers : IAsyncLifetime
{
    private readonly Dictionary<string, RealServer> _servers = [];

    /// <summary>Signs the servers' certificates.</summary>
    public TestAuthority Authority { get; } = new();

    /// <summary>A server by name; skips the test where it cannot run.</summary>
    public async Task<RealServer> GetAsync(string name) =>
        _servers.TryGetValue(name, out var server) ? server : _servers[name] = await RealServer.StartAsync(name, Authority);

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
            await server.DisposeAsync();
        Authority.Dispose();
    }
}

public sealed class RealServers(RunningServers servers) : IClassFixture<RunningServers>
{
    private const string Postfix = "postfix";
    private const string Exim = "exim";
    private const string OpenSmtpd = "opensmtpd";

    public static TheoryData<string> Names => [Postfix, Exim, OpenSmtpd];

    public static TheoryData<string, TlsMode, ContentTransfer> Ways
    {
        get
        {
            var rows = new TheoryData<string, TlsMode, ContentTransfer>();
            foreach (var name in new[] { Postfix, Exim, OpenSmtpd })
            {
                foreach (var mode in Enum.GetValues<TlsMode>())
                {
                    // Built with OpenSSL 3, OpenSMTPD offers TLS and fails in every handshake (its issue 1239): what is left is to go back to clear.
                    if (name == OpenSmtpd && mode is (TlsMode.Required or TlsMode.Implicit))
                        continue;
                    rows.Add(name, mode, ContentTransfer.Lines);
                    if (name != OpenSmtpd)
                        rows.Add(name, mode, ContentTransfer.Chunks);
                }
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Mail_arrives_octet_by_octet(string name, TlsMode mode, ContentTransfer transfer)
    {
        var server = await servers.GetAsync(name);
        await using var connection = await OpenAsync(server, mode);
        if (name != OpenSmtpd)
            Assert.Equal(mode != TlsMode.Never, connection.IsTls);
        var content = Content($"{mode}-{transfer}",
            ".\r\n..\r\n.a dot\r\n\r\n. \r\n" + new string('x', 998) + "\r\n\t blanks \t \r\n\xe4\xf6\xfc\xff\x80\r\nFrom here\r\n"
            + string.Concat(Enumerable.Range(0, 3_000).Select(i => $".{i}\r\n")));
        var result = await SendAsync(connection, Message(content, "a@peer.test") with { EightBit = true, Transfer = transfer });
        Assert.Equal("Delivered", Outcomes(result));
        await connection.QuitAsync();
        // Delivery into a folder marks "From " at the start of a line with some servers, and not with a Maildir.
        Assert.Equal(content, Assert.Single(await server.WaitForAsync($"X-Test: {mode}-{transfer}\r\n", 1)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_recipient_has_his_own_outcome(string name)
    {
        var server = await servers.GetAsync(name);
        await using var connection = await OpenAsync(server, TlsMode.Opportunistic);
        string[] recipients = server.Defers ? ["a@peer.test", "no@peer.test", "later@peer.test", "b@peer.test"] : ["a@peer.test", "no@peer.test", "b@peer.test"];
        var result = await SendAsync(connection, Message(Content("mixed", "x\r\n"), recipients));
        Assert.Equal(server.Defers ? "Delivered Failed TryLater Delivered" : "Delivered Failed Delivered", Outcomes(result));
        Assert.Equal(550, result.Recipients[1].Outcome.Reply!.Code);
        Assert.Equal(TroubleScope.Recipient, result.Recipients[1].Trouble!.Scope);

        // All refused, and the session is good for another message.
        result = await SendAsync(connection, Message(Content("nobody", "x\r\n"), "no@peer.test", "no@peer.test"));
        Assert.Equal("Failed Failed", Outcomes(result));
        Assert.Equal("Delivered", Outcomes(await SendAsync(connection, Message(Content("after", "x\r\n"), "a@peer.test"))));
        await connection.QuitAsync();
        Assert.Single(await server.WaitForAsync("X-Test: after\r\n", 1));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task One_session_takes_many_messages(string name)
    {
        var server = await servers.GetAsync(name);
        await using var connection = await OpenAsync(server, TlsMode.Opportunistic);
        for (var i = 0; i < 5; i++)
            Assert.Equal("Delivered", Outcomes(await SendAsync(connection, Message(Content($"many-{i}", "x\r\n"), "a@peer.test"))));
        await connection.QuitAsync();
        for (var i = 0; i < 5; i++)
            Assert.Single(await server.WaitForAsync($"X-Test: many-{i}\r\n", 1));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_is_too_big_is_not_sent(string name)
    {
        var server = await servers.GetAsync(name);
        await using var connection = await OpenAsync(server, TlsMode.Opportunistic);
        var result = await SendAsync(connection, Message(Content("big", new string('x', 1_100_000)), "a@peer.test"));
        Assert.Equal(("Failed", "5.3.4"), (Outcomes(result), result.Trouble!.Status.ToString()));
        Assert.Equal(TroubleCause.Unsendable, result.Trouble.Cause);
        Assert.Equal("Delivered", Outcomes(await SendAsync(connection, Message(Content("small", "x\r\n"), "a@peer.test"))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_message_without_its_end_is_not_delivered(string name)
    {
        var server = await servers.GetAsync(name);
        await using (var connection = await OpenAsync(server, TlsMode.Opportunistic))
        {
            var result = await connection.SendAsync(Message(Content("lost", "x\r\n"), "a@peer.test"), () => false, CancellationToken.None);
            Assert.IsType<SendResult.Lost>(result);
        }
        await using (var connection = await OpenAsync(server, TlsMode.Opportunistic))
            Assert.Equal("Delivered", Outcomes(await SendAsync(connection, Message(Content("not lost", "x\r\n"), "a@peer.test"))));
        Assert.Single(await server.WaitForAsync("X-Test: not lost\r\n", 1));
        Assert.Empty(await server.WaitForAsync("X-Test: lost\r\n", 0));
    }

    [Theory]
    [InlineData(Postfix)]
    [InlineData(Exim)]
    public async Task A_certificate_of_a_stranger_ends_the_session(string name)
    {
        var server = await servers.GetAsync(name);
        using var stranger = new TestAuthority();
        var target = Target(server, TlsMode.Required);
        foreach (var wrong in new[] { target with { TrustedRoots = stranger.Roots }, target with { HostName = "mx.other.test" } })
        {
            var failed = Assert.IsType<ConnectResult.Failed>(await Client().ConnectAsync(wrong, TimeSpan.FromMinutes(1), CancellationToken.None));
            Assert.Equal(TroubleCause.TlsFailed, failed.Trouble.Cause);
        }
    }

    [Theory]
    [InlineData(TlsMode.Required, "client.test")]
    [InlineData(TlsMode.Implicit, "client.test")]
    [InlineData(TlsMode.Required, "login.test")] // this name is offered LOGIN only
    public async Task Exim_knows_the_login(TlsMode mode, string hello)
    {
        var server = await servers.GetAsync(Exim);
        var target = Target(server, mode) with { Login = new ClientLogin(RealServer.User, RealServer.Password), Hello = hello };
        var connected = Assert.IsType<ConnectResult.Connected>(await Client().ConnectAsync(target, TimeSpan.FromMinutes(1), CancellationToken.None));
        await using var connection = connected.Connection;
        Assert.Equal(hello == "login.test" ? ["LOGIN"] : ["PLAIN", "LOGIN"], connection.Extensions.Mechanisms);
        Assert.Equal("Delivered", Outcomes(await SendAsync(connection, Message(Content($"{mode}-{hello}", "x\r\n"), "a@peer.test"))));

        var wrong = target with { Login = new ClientLogin(RealServer.User, "wrong") };
        var failed = Assert.IsType<ConnectResult.Failed>(await Client().ConnectAsync(wrong, TimeSpan.FromMinutes(1), CancellationToken.None));
        Assert.Equal((ClientStage.Login, 535), (failed.Trouble.Stage, failed.Trouble.Reply!.Code));
    }

    private static SmtpClient Client() => new(new SocketConnector(null), new ClientLimits(), TimeProvider.System);

    private ClientTarget Target(RealServer server, TlsMode mode) => new()
    {
        HostName = RealServer.Name,
        EndPoint = new IPEndPoint(IPAddress.Loopback, mode == TlsMode.Implicit ? server.SecurePort : server.Port),
        Hello = "client.test",
        Tls = mode,
        TrustedRoots = servers.Authority.Roots,
    };

    // As a relay does it: where an opportunistic handshake fails, another session in clear.
    private async Task<SmtpConnection> OpenAsync(RealServer server, TlsMode mode)
    {
        var result = await Client().ConnectAsync(Target(server, mode), TimeSpan.FromMinutes(1), CancellationToken.None);
        if (mode == TlsMode.Opportunistic && result is ConnectResult.Failed { Trouble.Cause: TroubleCause.TlsFailed })
            result = await Client().ConnectAsync(Target(server, TlsMode.Never), TimeSpan.FromMinutes(1), CancellationToken.None);
        return result is ConnectResult.Connected connected ? connected.Connection : throw new InvalidOperationException(result.ToString());
    }

    private static async Task<SendResult.Ended> SendAsync(SmtpConnection connection, OutgoingMessage message) =>
        Assert.IsType<SendResult.Ended>(await connection.SendAsync(message, () => true, CancellationToken.None));

    private static string Content(string test, string body) => $"X-Test: {test}\r\nFrom: x@us.test\r\nTo: a@peer.test\r\nSubject: x\r\nMessage-ID: <{test.Replace(' ', '-')}@us.test>\r\n"
        + $"Date: Sun, 1 Mar 2026 12:00:00 +0000\r\n\r\n{body}";

    private static OutgoingMessage Message(string content, params string[] recipients)
    {
        var octets = new MemoryStream(Encoding.Latin1.GetBytes(content));
        return new OutgoingMessage
        {
            ReversePath = EmailAddress.Parse("x@us.test"),
            Recipients = [.. recipients.Select(recipient => new OutgoingRecipient(EmailAddress.Parse(recipient)))],
            Length = octets.Length,
            Content = octets.ReadAsync,
        };
    }

    private static string Outcomes(SendResult.Ended result) => string.Join(' ', result.Recipients.Select(row => row.Outcome.GetType().Name));
}
