// How many connections one address and one network may have at a time.
using System.Net;
using MailFunctions.Gateway;
using MailFunctions.Gateway.Connections;

namespace MailFunctions.Protocol.Connections;

public sealed class ConnectionGateTests
{
    /// <summary>Two are let in of an address and three of a network; then comes the last of the row.</summary>
    public static TheoryData<string, string[], string, bool> Rows => new()
    {
        { "the third of an address is refused", ["192.0.2.1", "192.0.2.1"], "192.0.2.1", false },
        { "the third of an IPv6 /64 is refused", ["2001:db8::1", "2001:db8::2"], "2001:db8::3", false },
        { "the third of a /24 is let in", ["192.0.2.1", "192.0.2.2"], "192.0.2.3", true },
        { "the fourth of a /24 is refused", ["192.0.2.1", "192.0.2.2", "192.0.2.3"], "192.0.2.4", false },
        { "the neighbour of a full /24 is let in", ["192.0.2.1", "192.0.2.2", "192.0.2.3"], "192.0.3.1", true },
        { "the fourth of a /48 is refused", ["2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:0:3::1"], "2001:db8:0:4::1", false },
        { "the neighbour of a full /48 is let in", ["2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:0:3::1"], "2001:db8:1:1::1", true },
    };

    [Theory, MemberData(nameof(Rows))]
    public void A_connection_is_let_in_while_its_address_and_its_network_have_few(string row, string[] before, string last, bool enters)
    {
        var gate = Gate();
        Assert.All(before, address => Assert.True(gate.TryEnter(IPAddress.Parse(address), out _), row));
        Assert.True(gate.TryEnter(IPAddress.Parse(last), out _) == enters, row);
    }

    [Fact]
    public void A_refused_connection_takes_no_place_and_one_that_leaves_gives_its_place_back()
    {
        var gate = Gate();
        string[] inside = ["192.0.2.1", "192.0.2.2", "192.0.2.3"];
        Assert.All(inside, address => Assert.True(gate.TryEnter(IPAddress.Parse(address), out _)));
        var other = IPAddress.Parse("192.0.2.4");
        Assert.False(gate.TryEnter(other, out _));
        Assert.False(gate.TryEnter(other, out _));
        gate.Leave(IPAddress.Parse("192.0.2.1"));
        Assert.True(gate.TryEnter(other, out _));
        Assert.False(gate.TryEnter(other, out _));
    }

    private static ConnectionGate Gate() =>
        new(new GatewayOptions { Limits = new LimitOptions { ConnectionsPerAddress = 2, ConnectionsPerPrefix = 3 } });
}
