// Logging in to a smarthost.
using System.Text;
using MailFunctions.Rig.Peers;
using MailFunctions.Smtp.Client;

namespace MailFunctions.Protocol.Client;

public sealed class Logins : IDisposable
{
    private readonly TestAuthority _authority = new();

    [Theory]
    [InlineData("PLAIN", "PLAIN")]
    [InlineData("LOGIN", "LOGIN")]
    [InlineData("SCRAM-SHA-256", "SCRAM-SHA-256")]
    [InlineData("LOGIN PLAIN", "PLAIN")]
    [InlineData("LOGIN PLAIN CRAM-MD5 SCRAM-SHA-256 XOAUTH2", "SCRAM-SHA-256")]
    [InlineData("scram-sha-256", "SCRAM-SHA-256")]
    public async Task The_best_mechanism_in_common_is_used(string offered, string used)
    {
        foreach (var mode in new[] { TlsMode.Required, TlsMode.Implicit })
        {
            await using var rig = Rig(offered, mode);
            rig.Target = rig.Target with { Login = new ClientLogin("user,=", "p,a=ss w\"ord") };
            await using var connection = await rig.OpenAsync();
            Assert.True(rig.Session.IsLoggedIn);
            Assert.Contains(rig.Session.Lines, line => line.StartsWith($"AUTH {used}", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    [InlineData("SCRAM-SHA-256")]
    public async Task A_wrong_password_is_trouble_of_the_site(string mechanism)
    {
        await using var rig = Rig(mechanism);
        rig.Target = rig.Target with { Login = new ClientLogin("user,=", "wrong") };
        var trouble = await rig.FailAsync();
        Assert.Equal((ClientStage.Login, TroubleCause.Refused, 535), (trouble.Stage, trouble.Cause, trouble.Reply!.Code));
        Assert.False(rig.Session.IsLoggedIn);
        Assert.DoesNotContain(rig.Session.Lines, line => line.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("CRAM-MD5 XOAUTH2")]
    [InlineData("")]
    public async Task No_mechanism_in_common_is_trouble_of_the_site(string offered)
    {
        await using var rig = Rig(offered);
        Assert.Equal(TroubleCause.NoLogin, (await rig.FailAsync()).Cause);
        Assert.DoesNotContain(rig.Session.Lines, line => line.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("p\u00e4ss", "pa\u0308ss", "AUTH SCRAM-SHA-256 ")] // RFC 5802 2.2: prepared
    [InlineData("\u0627p", "\u0627p", "AUTH PLAIN ")] // cannot be, and goes as it is
    public async Task A_password_beyond_ASCII_is_sent_by_SCRAM_if_it_can_be_prepared(string password, string configured, string command)
    {
        await using var rig = Rig("SCRAM-SHA-256 PLAIN", password: password);
        rig.Target = rig.Target with { Login = new ClientLogin("user,=", configured) };
        await using var connection = await rig.OpenAsync();
        Assert.True(rig.Session.IsLoggedIn);
        Assert.Contains(rig.Session.Lines, line => line.StartsWith(command, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_password_too_long_for_the_command_waits_for_the_challenge()
    {
        var password = new string('p', 1_000);
        await using var rig = Rig("PLAIN", password: password);
        rig.Target = rig.Target with { Login = new ClientLogin("user,=", password) };
        await using var connection = await rig.OpenAsync();
        Assert.True(rig.Session.IsLoggedIn);
        Assert.Contains("AUTH PLAIN", rig.Session.Lines);
    }

    [Theory]
    [InlineData("235 2.7.0 come in", TroubleCause.NoLogin)]           // without any proof
    [InlineData("334 cj1tYWxsb3J5", TroubleCause.NoLogin)]            // a nonce that is not ours
    [InlineData("334 !!!", TroubleCause.NoLogin)]
    [InlineData("334", TroubleCause.NoLogin)]
    [InlineData("250-x\n251 y", TroubleCause.Malformed)]
    [InlineData("354 what", TroubleCause.Malformed)]
    public async Task A_server_that_cannot_prove_itself_by_SCRAM_is_left(string reply, TroubleCause cause)
    {
        var script = Script("SCRAM-SHA-256", "secret").Saying(PeerStage.Auth, reply);
        await using var rig = new ClientRig(script);
        rig.Target = Secure(rig.Target);
        var trouble = await rig.FailAsync();
        Assert.Equal((ClientStage.Login, cause), (trouble.Stage, trouble.Cause));
    }

    [Theory]
    [InlineData(TlsMode.Never)]
    [InlineData(TlsMode.Opportunistic)]
    public async Task Without_verified_TLS_a_login_is_a_mistake(TlsMode mode)
    {
        await using var rig = Rig("PLAIN");
        rig.Target = rig.Target with { Tls = mode };
        await Assert.ThrowsAsync<ArgumentException>(rig.ConnectAsync);
        Assert.Empty(rig.Peer.Sessions);
    }

    [Fact]
    public void A_password_shows_in_no_text()
    {
        var login = new ClientLogin("user", "secret");
        var target = new ClientTarget { HostName = "x", EndPoint = new(0, 1), Hello = "x", Login = login };
        Assert.DoesNotContain("secret", $"{login} {target}", StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ClientLogin("a\0b", "c"));
        Assert.Throws<ArgumentException>(() => new ClientLogin("a", "b\0c"));
        Assert.Throws<ArgumentException>(() => new ClientLogin("a", ""));
    }

    // RFC 7677 3
    [Fact]
    public void The_example_of_RFC_7677_is_computed()
    {
        var client = new ScramClient(new ClientLogin("user", "pencil"), "rOprNGfwEbeRWgbNEkqO");
        Assert.Equal("n,,n=user,r=rOprNGfwEbeRWgbNEkqO", Encoding.ASCII.GetString(client.InitialResponse!));
        Assert.Equal(
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            Encoding.ASCII.GetString(client.Respond("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"u8.ToArray())!));
        Assert.False(client.IsComplete);
        Assert.Empty(client.Respond("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="u8.ToArray())!);
        Assert.True(client.IsComplete);
    }

    [Theory]
    [InlineData("r=abc,s=c2FsdA==,i=4096")]             // our nonce alone
    [InlineData("r=abd-server,s=c2FsdA==,i=4096")]
    [InlineData("r=abc-server,s=,i=4096")]
    [InlineData("r=abc-server,s=c2FsdA==,i=4095")]      // weaker than RFC 7677 allows
    [InlineData("r=abc-server,s=c2FsdA==,i=2000001")]   // our processor is not the server's
    [InlineData("r=abc-server,s=c2FsdA==,i=99999999999")]
    [InlineData("r=abc-server,s=c2FsdA==")]
    [InlineData("m=x,r=abc-server,s=c2FsdA==,i=4096")]  // RFC 5802 5.1: an extension that must be understood
    [InlineData("")]
    public void A_first_message_that_is_none_is_not_answered(string message) =>
        Assert.Null(new ScramClient(new ClientLogin("user", "pencil"), "abc").Respond(Encoding.ASCII.GetBytes(message)));

    public void Dispose() => _authority.Dispose();

    private ClientRig Rig(string mechanisms, TlsMode mode = TlsMode.Required, string password = "p,a=ss w\"ord")
    {
        var rig = new ClientRig(Script(mechanisms, password) with { ImplicitTls = mode == TlsMode.Implicit });
        rig.Target = Secure(rig.Target) with { Tls = mode };
        return rig;
    }

    private ClientTarget Secure(ClientTarget target) =>
        target with { Tls = TlsMode.Required, TrustedRoots = _authority.Roots, Login = new ClientLogin("user", "secret") };

    private PeerScript Script(string mechanisms, string password) =>
        new() { Certificate = _authority.Issue(ClientRig.Host), Login = ("user,=", password), Mechanisms = mechanisms };
}
