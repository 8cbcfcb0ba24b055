// Where mail must never make us connect to.
using System.Net;
using MailFunctions.Rig.Peers;
using MailFunctions.Smtp.Client;

namespace MailFunctions.Protocol.Client;

public sealed class Addresses
{
    private static readonly RefusedAddresses Refused = new(IPAddress.Parse("203.0.113.7"), IPAddress.Parse("2001:db8::7"));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("169.254.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("168.63.129.16")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("198.18.0.1")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::7f00:1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("febf::1")]
    [InlineData("fc00::1")]
    [InlineData("fdff::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.1.1.1")]
    [InlineData("64:ff9b::127.0.0.1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("64:ff9b:1::8.8.8.8")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:a00:1::1")]
    [InlineData("203.0.113.7")]
    [InlineData("::ffff:203.0.113.7")]
    [InlineData("64:ff9b::203.0.113.7")]
    [InlineData("2001:db8::7")]
    public void SSRF_01_to_SSRF_14_an_address_of_our_own_network_is_refused(string address) => Assert.NotNull(Refused.ReasonFor(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("1.0.0.1")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.1")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.1")]
    [InlineData("168.63.129.15")]
    [InlineData("223.255.255.255")]
    [InlineData("203.0.113.8")]
    [InlineData("2a00:1450:4001::1a")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:808:808::1")]
    public void An_address_of_the_world_is_not(string address) => Assert.Null(Refused.ReasonFor(IPAddress.Parse(address)));

    [Fact]
    public async Task SSRF_01_a_refused_address_is_not_dialled()
    {
        await using var peer = new ScriptedPeer(new PeerScript());
        var address = peer.Listen();
        Assert.IsType<Dialled.Refused>(await new SocketConnector(Refused).DialAsync(address, CancellationToken.None));
        await Assert.IsType<Dialled.Open>(await new SocketConnector(null).DialAsync(address, CancellationToken.None)).Stream.DisposeAsync();
    }

    [Fact]
    public async Task Refusal_and_silence_are_trouble_of_the_site()
    {
        var client = new SmtpClient(new SocketConnector(Refused), new ClientLimits(), TimeProvider.System);
        var target = new ClientTarget { HostName = "x.test", EndPoint = new IPEndPoint(IPAddress.Loopback, 9), Hello = "client.test" };
        var refused = Assert.IsType<ConnectResult.Failed>(await client.ConnectAsync(target, ClientRig.Budget, CancellationToken.None));
        Assert.Equal((TroubleScope.Site, TroubleCause.AddressRefused, ClientStage.Connect), (refused.Trouble.Scope, refused.Trouble.Cause, refused.Trouble.Stage));

        await using var gone = new ScriptedPeer(new PeerScript());
        var address = gone.Listen();
        await gone.DisposeAsync();
        client = new SmtpClient(new SocketConnector(null), new ClientLimits(), TimeProvider.System);
        var dead = Assert.IsType<ConnectResult.Failed>(await client.ConnectAsync(target with { EndPoint = address }, ClientRig.Budget, CancellationToken.None));
        Assert.Equal((TroubleCause.Unreachable, "4.4.1"), (dead.Trouble.Cause, dead.Trouble.Status.ToString()));
    }
}
