// Which servers are asked.
using MailFunctions.Dns;

namespace MailFunctions.Unit.Dns;

public sealed class Servers
{
    [Theory]
    [InlineData("192.0.2.53", "192.0.2.53:53")]
    [InlineData("192.0.2.53:5353", "192.0.2.53:5353")]
    [InlineData(" 192.0.2.53 , [2001:db8::53]:5353", "192.0.2.53:53 [2001:db8::53]:5353")]
    [InlineData("2001:db8::53", "[2001:db8::53]:53")]
    public void Servers_may_be_given(string text, string expected)
    {
        Assert.True(ServerList.TryParse(text, out var list));
        Assert.Equal(expected, string.Join(' ', list.Servers));
        Assert.Null(new DnsOptions { Server = text }.Check());
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("53")]
    [InlineData("dns.example.test")]
    [InlineData("dns.example.test:53")]
    [InlineData("192.0.2.53:65536")]
    [InlineData("192.0.2.53,")]
    [InlineData("https://192.0.2.53")]
    public void What_is_no_address_is_told_by_its_key(string text)
    {
        var fault = new DnsOptions { Server = text }.Check();
        Assert.StartsWith("Mail:Dns:Server must be", fault, StringComparison.Ordinal);
        Assert.Equal(fault, Assert.Throws<FormatException>(() => new Resolver(new DnsOptions { Server = text }, new DnsSeams())).Message);
    }

    public static TheoryData<DnsOptions, string> Wrong => new()
    {
        { new DnsOptions { TryTimeout = TimeSpan.Zero }, "Mail:Dns:TryTimeout" },
        { new DnsOptions { TryTimeout = TimeSpan.FromHours(1) }, "Mail:Dns:TryTimeout" },
        { new DnsOptions { Timeout = TimeSpan.Zero }, "Mail:Dns:Timeout" },
        { new DnsOptions { Timeout = TimeSpan.FromHours(1) }, "Mail:Dns:Timeout" },
        { new DnsOptions { Attempts = 0 }, "Mail:Dns:Attempts" },
        { new DnsOptions { Attempts = 11 }, "Mail:Dns:Attempts" },
        { new DnsOptions { CacheEntries = -1 }, "Mail:Dns:CacheEntries" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Wrong_values_are_told_by_their_key(DnsOptions options, string key) => Assert.StartsWith(key, options.Check(), StringComparison.Ordinal);

    public static TheoryData<string, string> Systems => new()
    {
        { "nameserver 192.0.2.1", "192.0.2.1:53" },
        { "nameserver\t192.0.2.1  ", "192.0.2.1:53" },
        { "nameserver 192.0.2.1 # ours", "192.0.2.1:53" },
        { "nameserver 192.0.2.1\nnameserver 2001:db8::1\nnameserver 192.0.2.3\nnameserver 192.0.2.4", "192.0.2.1:53 [2001:db8::1]:53 192.0.2.3:53" },
        { "nameserver fe80::1%1", "[fe80::1%1]:53" },
        { "", "127.0.0.1:53" },
        { "search example.test\ndomain example.test\n; comment\n# nameserver 192.0.2.1", "127.0.0.1:53" },
        { "nameserver\nnameserver x\nnameserver 192.0.2.1", "192.0.2.1:53" },
        { "options rotate timeout:7 attempts:4\nnameserver 192.0.2.1", "192.0.2.1:53 rotate timeout 7 attempts 4" },
        { "nameserver 192.0.2.1\noptions ndots:5 timeout:99 attempts:99 edns0", "192.0.2.1:53 timeout 30 attempts 5" },
        { "nameserver 192.0.2.1\noptions timeout:0 attempts:x timeout: timeout:-1 attempts:99999999999", "192.0.2.1:53" },
    };

    [Theory]
    [MemberData(nameof(Systems))]
    public void The_systems_file_is_read_as_its_manual_says(string text, string expected)
    {
        var list = ServerList.OfSystem(text.Split('\n'));
        Assert.Equal(expected, $"{string.Join(' ', list.Servers)}{(list.Rotates ? " rotate" : "")}{(list.Timeout is { } t ? $" timeout {t.TotalSeconds}" : "")}{(list.Attempts is { } n ? $" attempts {n}" : "")}");
    }

    [Fact]
    public void Without_the_systems_file_the_server_on_this_host_is_asked() =>
        Assert.Equal("127.0.0.1:53", string.Join(' ', ServerList.Of(new DnsOptions { SystemFile = "/nowhere/resolv.conf" }).Servers));
}
