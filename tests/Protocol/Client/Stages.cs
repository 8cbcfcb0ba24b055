// Every way in which a server can fail at every stage, and what is made of it.
using MailFunctions.Mail;
using MailFunctions.Rig;
using MailFunctions.Rig.Peers;
using MailFunctions.Smtp.Client;

namespace MailFunctions.Protocol.Client;

public sealed class Stages : IDisposable
{
    private static readonly Dictionary<string, PeerAct> Ways = new()
    {
        ["4xx"] = new PeerAct.Say("450-4.7.9 not\r\n450 4.7.9 now\r\n"),
        ["5xx"] = new PeerAct.Say("550 5.7.1 never\r\n"),
        ["421"] = new PeerAct.SayAndClose("421 4.3.2 closing\r\n"),
        ["garbage"] = new PeerAct.Say("hello there\r\n"),
        ["gone"] = new PeerAct.Close(),
        ["half"] = new PeerAct.SayAndClose("250-the rest is missing\r\n25"),
        ["stall"] = new PeerAct.Stall(),
        ["drip"] = new PeerAct.Drip("250 too slow to be read to its end\r\n", TimeSpan.FromMinutes(1)),
    };

    private readonly TestAuthority _authority = new();

    public static TheoryData<PeerStage, string, string> OpeningRows
    {
        get
        {
            var rows = new TheoryData<PeerStage, string, string>
            {
                { PeerStage.Connect, "gone", "Connect Unreachable" },
                { PeerStage.Connect, "stall", "Connect TimedOut" },
                { PeerStage.Ehlo, "5xx", "opened" }, // HELO is said instead
            };
            foreach (var (stage, name) in new[]
                { (PeerStage.Banner, "Banner"), (PeerStage.Ehlo, "Hello"), (PeerStage.StartTls, "StartTls"), (PeerStage.EhloAgain, "HelloAgain"), (PeerStage.Auth, "Login") })
            {
                rows.Add(stage, "4xx", $"{name} Refused");
                if (stage is not (PeerStage.Ehlo or PeerStage.EhloAgain))
                    rows.Add(stage, "5xx", $"{name} Refused");
                rows.Add(stage, "421", $"{name} Refused");
                rows.Add(stage, "garbage", $"{name} Malformed");
                rows.Add(stage, "gone", $"{name} Disconnected");
                rows.Add(stage, "half", $"{name} Disconnected");
                rows.Add(stage, "stall", $"{name} TimedOut");
                rows.Add(stage, "drip", $"{name} TimedOut");
            }
            foreach (var way in new[] { "4xx", "5xx", "421", "garbage", "gone", "half", "stall" })
                rows.Add(PeerStage.Handshake, way, "Handshake TlsFailed");
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(OpeningRows))]
    public async Task Trouble_before_the_first_message_is_trouble_of_the_site(PeerStage stage, string way, string expected)
    {
        // Only the stages behind STARTTLS need TLS; the others are quicker without.
        var needsTls = stage is PeerStage.StartTls or PeerStage.Handshake or PeerStage.EhloAgain or PeerStage.Auth;
        var script = (needsTls ? Secured() : new PeerScript()).With(stage, Ways[way], stage == PeerStage.Auth ? null : 0);
        await using var rig = new ClientRig(script, time: new FakeTime());
        if (needsTls)
            rig.Target = rig.Target with { Tls = TlsMode.Required, TrustedRoots = _authority.Roots, Login = new ClientLogin("user", "secret") };
        var result = await rig.ConnectAsync();
        if (expected == "opened")
        {
            await using var connection = Assert.IsType<ConnectResult.Connected>(result).Connection;
            Assert.False(connection.Extensions.Pipelining);
            Assert.Equal(["EHLO client.test", "HELO client.test"], rig.Session.Lines);
            return;
        }
        var trouble = Assert.IsType<ConnectResult.Failed>(result).Trouble;
        Assert.Equal(expected, $"{trouble.Stage} {trouble.Cause}");
        Assert.Equal(TroubleScope.Site, trouble.Scope);
        Assert.IsType<Outcome.TryLater>(trouble.ToOutcome()); // never a bounce, whatever the code
        Assert.Equal(trouble.Cause == TroubleCause.Refused, trouble.Reply is not null);
    }

    // For recipients a, b, c; RCPT rows concern b. D delivered, L later, F failed, U unknown.
    public static TheoryData<PeerStage, string, string, string> TransactionRows => new()
    {
        { PeerStage.Mail, "4xx", "LLL", "Message Mail Refused" },
        { PeerStage.Mail, "5xx", "FFF", "Message Mail Refused" },
        { PeerStage.Mail, "421", "LLL", "Site Mail Refused" },
        { PeerStage.Mail, "garbage", "LLL", "Site Mail Malformed" },
        { PeerStage.Mail, "gone", "LLL", "Site Mail Disconnected" },
        { PeerStage.Mail, "half", "LLL", "Site Mail Disconnected" },
        { PeerStage.Mail, "stall", "LLL", "Site Mail TimedOut" },
        { PeerStage.Mail, "drip", "LLL", "Site Mail TimedOut" },
        { PeerStage.Rcpt, "4xx", "DLD", "" },
        { PeerStage.Rcpt, "5xx", "DFD", "" },
        { PeerStage.Rcpt, "421", "LLL", "Site Recipient Refused" },
        { PeerStage.Rcpt, "garbage", "LLL", "Site Recipient Malformed" },
        { PeerStage.Rcpt, "gone", "LLL", "Site Recipient Disconnected" },
        { PeerStage.Rcpt, "half", "LLL", "Site Recipient Disconnected" },
        { PeerStage.Rcpt, "stall", "LLL", "Site Recipient TimedOut" },
        { PeerStage.Rcpt, "drip", "LLL", "Site Recipient TimedOut" },
        { PeerStage.Data, "4xx", "LLL", "Message Data Refused" },
        { PeerStage.Data, "5xx", "FFF", "Message Data Refused" },
        { PeerStage.Data, "421", "LLL", "Site Data Refused" },
        { PeerStage.Data, "garbage", "LLL", "Site Data Malformed" },
        { PeerStage.Data, "gone", "LLL", "Site Data Disconnected" },
        { PeerStage.Data, "half", "LLL", "Site Data Disconnected" },
        { PeerStage.Data, "stall", "LLL", "Site Data TimedOut" },
        { PeerStage.Data, "drip", "LLL", "Site Data TimedOut" },
        { PeerStage.Body, "4xx", "LLL", "Message Content Refused" },
        { PeerStage.Body, "5xx", "FFF", "Message Content Refused" },
        { PeerStage.Body, "421", "LLL", "Site Content Refused" },
        { PeerStage.Body, "garbage", "LLL", "Site Content Malformed" },
        { PeerStage.Body, "gone", "LLL", "Site Content Disconnected" },
        { PeerStage.Body, "half", "LLL", "Site Content Disconnected" },
        { PeerStage.Body, "stall", "LLL", "Site Content TimedOut" },
        { PeerStage.End, "4xx", "LLL", "Message End Refused" },
        { PeerStage.End, "5xx", "FFF", "Message End Refused" },
        { PeerStage.End, "421", "LLL", "Site End Refused" },
        { PeerStage.End, "garbage", "UUU", "Site End Malformed" },
        { PeerStage.End, "gone", "UUU", "Site End Disconnected" },
        { PeerStage.End, "half", "UUU", "Site End Disconnected" },
        { PeerStage.End, "stall", "UUU", "Site End TimedOut" },
        { PeerStage.End, "drip", "UUU", "Site End TimedOut" },
        { PeerStage.Quit, "4xx", "DDD", "" },
        { PeerStage.Quit, "5xx", "DDD", "" },
        { PeerStage.Quit, "421", "DDD", "" },
        { PeerStage.Quit, "garbage", "DDD", "" },
        { PeerStage.Quit, "gone", "DDD", "" },
        { PeerStage.Quit, "half", "DDD", "" },
        { PeerStage.Quit, "stall", "DDD", "" },
        { PeerStage.Quit, "drip", "DDD", "" },
    };

    // On a real socket time is real too: only QUIT is short enough to wait for.
    public static TheoryData<PeerStage, string, string, string> SocketRows =>
        [.. TransactionRows.Where(row => row.Data.Item1 == PeerStage.Quit || row.Data.Item2 is not ("stall" or "drip"))];

    [Theory]
    [MemberData(nameof(TransactionRows))]
    public async Task Trouble_of_a_transaction_reaches_as_far_as_its_stage(PeerStage stage, string way, string outcomes, string trouble)
    {
        foreach (var pipelining in new[] { true, false })
            await CheckAsync(stage, way, outcomes, trouble, Over.Memory, pipelining, new FakeTime());
    }

    [Theory]
    [MemberData(nameof(SocketRows))]
    public Task The_same_over_sockets_and_TLS(PeerStage stage, string way, string outcomes, string trouble) =>
        CheckAsync(stage, way, outcomes, trouble, Over.Socket, pipelining: true, time: null);

    private async Task CheckAsync(PeerStage stage, string way, string outcomes, string trouble, Over over, bool pipelining, FakeTime? time)
    {
        var script = over == Over.Socket ? Secured() : new PeerScript();
        if (!pipelining)
            script = script.Without("PIPELINING");
        await using var rig = new ClientRig(script.With(stage, Ways[way], stage == PeerStage.Rcpt ? 1 : 0), over, time);
        // So much content that the server has spoken, or gone, long before its end.
        var content = new byte[stage == PeerStage.Body ? (over == Over.Socket ? 24_000_000 : 4_000_000) : 2_000];
        content.AsSpan().Fill((byte)'x');
        var message = ClientRig.Message(content, int.MaxValue, "a@peer.test", "b@peer.test", "c@peer.test");
        await using var connection = await rig.OpenAsync();
        var result = await rig.SendAsync(connection, message);
        Assert.Equal(outcomes, ClientRig.Letters(result));
        Assert.Equal(trouble, result.Trouble is { } found ? $"{found.Scope} {found.Stage} {found.Cause}" : "");
        if (result.Trouble?.Scope == TroubleScope.Site || stage == PeerStage.Body)
            Assert.False(connection.IsUsable);
        await rig.RunAsync(Task.Run(async () =>
        {
            await connection.QuitAsync();
            return 0;
        }));
        if (!outcomes.Contains('U', StringComparison.Ordinal)) // unknown means just that
            Assert.Equal(outcomes.Count(letter => letter == 'D'), rig.Peer.Taken.Sum(taken => taken.Recipients.Count));
        Assert.False(rig.Session.SpokeEarly);
    }

    public void Dispose() => _authority.Dispose();

    private PeerScript Secured() => new() { Certificate = _authority.Issue(ClientRig.Host), Login = ("user", "secret") };
}
