// Mail for domains whose owners point at what is none of their business: nothing there is ever dialled.
using System.Net;
using MailFunctions.Rig.Peers;
using MailFunctions.Smtp.Client;
using static MailFunctions.Pipeline.Functions.RelayRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class RefusedTargetsTests : IAsyncDisposable
{
    private readonly RelayRig _rig = new(
        options => options with { OwnAddresses = [IPAddress.Parse("198.51.100.25")] }, refusedToDial: new RefusedAddresses(IPAddress.Parse("198.51.100.25")));

    public static TheoryData<string, string> Targets => new()
    {
        { "SSRF-01", "127.0.0.1" }, { "SSRF-01", "127.1.2.3" },
        { "SSRF-02", "0.0.0.0" },
        { "SSRF-03", "10.1.2.3" },
        { "SSRF-04", "172.16.0.1" },
        { "SSRF-05", "192.168.0.1" },
        { "SSRF-06", "100.64.0.1" },
        { "SSRF-07", "169.254.169.254" }, { "SSRF-07", "169.254.1.1" },
        { "SSRF-08", "168.63.129.16" },
        { "SSRF-09", "::1" }, { "SSRF-09", "::" },
        { "SSRF-10", "fe80::1" }, { "SSRF-10", "fc00::1" },
        { "SSRF-11", "::ffff:127.0.0.1" },
        { "SSRF-12", "64:ff9b::7f00:1" },
        { "SSRF-14", "224.0.0.1" }, { "SSRF-14", "ff02::1" },
    };

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task SSRF_an_exchanger_or_a_domain_with_such_an_address_is_not_dialled_and_the_next_exchanger_gets_the_mail(string id, string address)
    {
        _rig.Zone.AddMx("by-mx.test", 10, "mx.by-mx.test").AddHost("mx.by-mx.test", address);
        _rig.Zone.AddHost("by-address.test", address);
        _rig.Zone.AddMx("both.test", 10, "mx.by-mx.test");
        var next = _rig.Exchanger("both.test", 20, "mx2.both.test");
        _rig.Submit("a@by-mx.test");
        _rig.Submit("a@by-address.test");
        _rig.Submit("a@both.test");

        await _rig.DrainAsync();

        Assert.True(_rig.Network.DialledAddresses.All(dialled => dialled.Address.ToString().StartsWith("203.0.113.", StringComparison.Ordinal)), id);
        Assert.Single(next.Taken);
        Assert.Equal(2, _rig.Stores.Spool.Ids.Count); // a zone may have been wrong for an hour: the others wait
    }

    [Theory]
    [InlineData("[127.0.0.1]")]
    [InlineData("[10.0.0.1]")]
    [InlineData("[IPv6:::1]")]
    [InlineData("[IPv6:::ffff:127.0.0.1]")]
    [InlineData("[IPv6:64:ff9b::7f00:1]")]
    public async Task SSRF_14_an_address_literal_leads_there_no_more_than_a_name(string literal)
    {
        _rig.Submit($"a@{literal}");
        await _rig.DrainAsync();
        Assert.Empty(_rig.Network.DialledAddresses);
        await _rig.RunToRestAsync();
        Assert.Empty(_rig.Network.DialledAddresses);
        Assert.Contains("connections to this address are not made", Assert.Single(_rig.ReportsTo(Alice), report => report.Contains("Action: failed", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[127.1]")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("[0x7f.0.0.1]")]
    [InlineData("[2130706433]")]
    [InlineData("[0177.0.0.1]")]
    public void SSRF_14_other_spellings_of_an_address_are_none(string literal) => Assert.False(MailFunctions.Mail.DomainName.TryParse(literal, out _));

    [Fact]
    public async Task SSRF_13_a_name_that_turns_into_our_own_address_between_two_attempts_is_not_dialled()
    {
        var peer = _rig.Domain("one.test", new PeerScript().Saying(PeerStage.Mail, "451 4.3.0 later"));
        _rig.Submit("a@one.test");
        await _rig.DrainAsync();
        Assert.Single(peer.Sessions);
        var dialled = _rig.Network.DialledAddresses.Count;

        _rig.Zone.Remove("mx.one.test").AddHost("mx.one.test", "127.0.0.1");
        await _rig.TickAsync();

        Assert.Equal(dialled, _rig.Network.DialledAddresses.Count);
    }

    [Fact]
    public async Task SSRF_15_nobody_but_the_operator_chooses_the_port()
    {
        _rig.Domain("one.test");
        _rig.Submit("a@one.test");
        await _rig.DrainAsync();
        Assert.Equal(25, Assert.Single(_rig.Network.DialledAddresses).Port);
        Assert.False(MailFunctions.Mail.EmailAddress.TryParse("a@one.test:2525", out _));
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();
}
