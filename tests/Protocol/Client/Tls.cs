// TLS as a client: when it is demanded, what it proves, and what is forgotten.
using MailFunctions.Rig.Peers;
using MailFunctions.Smtp.Client;

namespace MailFunctions.Protocol.Client;

public sealed class Tls : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new();

    [Theory]
    [InlineData(Over.Memory)]
    [InlineData(Over.Socket)]
    public async Task Opportunistic_TLS_takes_any_certificate(Over over)
    {
        await using var rig = new ClientRig(new PeerScript { Certificate = _stranger.Issue("somebody.else.test", isExpired: true) }, over);
        await using var connection = await rig.OpenAsync();
        Assert.True(connection.IsTls);
        Assert.Equal("D", ClientRig.Letters(await rig.SendAsync(connection, ClientRig.Message())));
        await connection.QuitAsync();
        Assert.Equal(["EHLO client.test", "STARTTLS", "EHLO client.test"], rig.Session.Lines.Take(3));
        Assert.Equal(ClientRig.Host, rig.Session.ServerName);
        Assert.Equal("QUIT", rig.Session.Lines[^1]);
    }

    [Theory]
    [InlineData("454 4.7.0 not now")]
    [InlineData("502 5.5.1 what?")]
    public async Task Opportunistic_TLS_goes_on_in_clear_where_it_is_refused(string reply)
    {
        await using var rig = new ClientRig(new PeerScript { Certificate = _authority.Issue(ClientRig.Host) }.Saying(PeerStage.StartTls, reply));
        await using var connection = await rig.OpenAsync();
        Assert.False(connection.IsTls);
        Assert.Equal("D", ClientRig.Letters(await rig.SendAsync(connection, ClientRig.Message())));
    }

    [Fact]
    public async Task A_failed_opportunistic_handshake_is_told_and_a_session_in_clear_can_follow()
    {
        var script = new PeerScript { Certificate = _authority.Issue(ClientRig.Host) }.With(PeerStage.Handshake, new PeerAct.Close());
        await using var rig = new ClientRig(script);
        var trouble = await rig.FailAsync();
        Assert.Equal((ClientStage.Handshake, TroubleCause.TlsFailed, "4.7.5"), (trouble.Stage, trouble.Cause, trouble.Status.ToString()));
        rig.Target = rig.Target with { Tls = TlsMode.Never };
        await using var connection = await rig.OpenAsync();
        Assert.False(connection.IsTls);
    }

    [Theory]
    [InlineData(TlsMode.Required)]
    [InlineData(TlsMode.Implicit)]
    public async Task Demanded_TLS_wants_a_certificate_for_the_name_from_a_trusted_authority(TlsMode mode)
    {
        using var good = _authority.Issue(ClientRig.Host);
        using var otherName = _authority.Issue("mx.other.test");
        using var expired = _authority.Issue(ClientRig.Host, isExpired: true);
        using var untrusted = _stranger.Issue(ClientRig.Host);
        foreach (var (certificate, isGood) in new[] { (good, true), (otherName, false), (expired, false), (untrusted, false) })
        {
            await using var rig = new ClientRig(new PeerScript { Certificate = certificate, ImplicitTls = mode == TlsMode.Implicit });
            rig.Target = rig.Target with { Tls = mode, TrustedRoots = _authority.Roots };
            if (isGood)
            {
                await using var connection = await rig.OpenAsync();
                Assert.True(connection.IsTls);
                Assert.Equal("D", ClientRig.Letters(await rig.SendAsync(connection, ClientRig.Message())));
                continue;
            }
            var trouble = await rig.FailAsync();
            Assert.Equal((ClientStage.Handshake, TroubleCause.TlsFailed), (trouble.Stage, trouble.Cause));
            Assert.DoesNotContain(rig.Session.Lines, line => line.StartsWith("MAIL", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_systems_authorities_are_asked_where_none_are_given()
    {
        await using var rig = new ClientRig(new PeerScript { Certificate = _authority.Issue(ClientRig.Host) });
        rig.Target = rig.Target with { Tls = TlsMode.Required };
        Assert.Equal(TroubleCause.TlsFailed, (await rig.FailAsync()).Cause);
    }

    [Fact]
    public async Task An_address_can_stand_for_the_name()
    {
        await using var rig = new ClientRig(new PeerScript { Certificate = _authority.Issue("192.0.2.25") });
        rig.Target = rig.Target with { HostName = "192.0.2.25", Tls = TlsMode.Required, TrustedRoots = _authority.Roots };
        await using var connection = await rig.OpenAsync();
        Assert.True(connection.IsTls);
    }

    [Fact]
    public async Task TLS_09_demanded_TLS_that_is_not_offered_ends_the_session()
    {
        await using var rig = new ClientRig(new PeerScript());
        rig.Target = rig.Target with { Tls = TlsMode.Required, TrustedRoots = _authority.Roots };
        var trouble = await rig.FailAsync();
        Assert.Equal((ClientStage.StartTls, TroubleCause.NoTls), (trouble.Stage, trouble.Cause));
        Assert.Equal(["EHLO client.test", "QUIT"], rig.Session.Lines);
    }

    [Theory]
    [InlineData(TlsMode.Opportunistic)]
    [InlineData(TlsMode.Required)]
    public async Task TLS_08_octets_in_clear_behind_the_reply_to_STARTTLS_end_the_session(TlsMode mode)
    {
        // CVE-2011-0411 against a client: an offer made in clear, to be believed under TLS.
        var script = new PeerScript { Certificate = _authority.Issue(ClientRig.Host) }
            .Saying(PeerStage.StartTls, "220 go\n250-injected.test\n250 AUTH PLAIN");
        await using var rig = new ClientRig(script);
        rig.Target = rig.Target with { Tls = mode, TrustedRoots = _authority.Roots };
        var trouble = await rig.FailAsync();
        Assert.Equal((ClientStage.StartTls, TroubleCause.Malformed), (trouble.Stage, trouble.Cause));
        Assert.False(rig.Session.IsTls);
        Assert.Equal(["EHLO client.test", "STARTTLS"], rig.Session.Lines);
    }

    [Fact]
    public async Task TLS_09_what_was_offered_in_clear_is_forgotten()
    {
        var script = new PeerScript { Certificate = _authority.Issue(ClientRig.Host), Extensions = [] }
            .Saying(PeerStage.Ehlo, "250-peer.test\n250-PIPELINING\n250-SIZE 5\n250-8BITMIME\n250-AUTH PLAIN\n250 STARTTLS");
        await using var rig = new ClientRig(script);
        await using var connection = await rig.OpenAsync();
        Assert.Equal((false, false, false, null), (connection.Extensions.Pipelining, connection.Extensions.EightBitMime, connection.Extensions.StartTls, connection.Extensions.SizeLimit));
        Assert.Empty(connection.Extensions.Mechanisms);
        Assert.Equal("D", ClientRig.Letters(await rig.SendAsync(connection, ClientRig.Message("longer than five octets\r\n"))));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }
}
