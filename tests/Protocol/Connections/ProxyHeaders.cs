// The PROXY header: what is taken for one, however the network cuts it, and from whom.
using System.Text;
using MailFunctions.Gateway.Connections;
using MailFunctions.Protocol.Smtp;
using MailFunctions.Rig.Memory;

namespace MailFunctions.Protocol.Connections;

public sealed class ProxyHeaders
{
    private const string Signature = "\r\n\r\n\0\r\nQUIT\n";
    private const string Unknown = "unknown";

    // The address that it gives; null if it is malformed.
    public static TheoryData<string, string, string?> Rows => new()
    {
        { "version 1, IPv4", "PROXY TCP4 192.0.2.1 198.51.100.2 56324 25\r\n", "192.0.2.1" },
        { "version 1, IPv6", "PROXY TCP6 2001:db8::1 2001:db8::2 56324 25\r\n", "2001:db8::1" },
        { "version 1, an IPv4 client at an IPv6 port", "PROXY TCP6 ::ffff:192.0.2.1 ::ffff:198.51.100.2 1 2\r\n", "192.0.2.1" },
        { "version 1, unknown", "PROXY UNKNOWN\r\n", Unknown },
        { "version 1, unknown with more behind it", "PROXY UNKNOWN ffff:: ffff:: 65535 65535\r\n", Unknown },
        { "version 1, the longest", "PROXY UNKNOWN " + new string('f', 91) + "\r\n", Unknown },
        { "version 1, one octet too long", "PROXY UNKNOWN " + new string('f', 92) + "\r\n", null },
        { "version 1, no end", "PROXY UNKNOWN " + new string('f', 200), null },
        { "version 1, bare LF", "PROXY TCP4 192.0.2.1 198.51.100.2 1 2\n" + new string('x', 100), null },
        { "version 1, lower case", "proxy TCP4 192.0.2.1 198.51.100.2 1 2\r\n", null },
        { "version 1, the wrong family", "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n", null },
        { "version 1, the other wrong family", "PROXY TCP6 192.0.2.1 198.51.100.2 1 2\r\n", null },
        { "version 1, UDP", "PROXY UDP4 192.0.2.1 198.51.100.2 1 2\r\n", null },
        { "version 1, an octal address", "PROXY TCP4 0300.0.2.1 198.51.100.2 1 2\r\n", null },
        { "version 1, a short address", "PROXY TCP4 192.1 198.51.100.2 1 2\r\n", null },
        { "version 1, a scope", "PROXY TCP6 fe80::1%1 2001:db8::2 1 2\r\n", null },
        { "version 1, a port too high", "PROXY TCP4 192.0.2.1 198.51.100.2 65536 2\r\n", null },
        { "version 1, a port with a zero before it", "PROXY TCP4 192.0.2.1 198.51.100.2 01 2\r\n", null },
        { "version 1, a port missing", "PROXY TCP4 192.0.2.1 198.51.100.2 1\r\n", null },
        { "version 1, a word too many", "PROXY TCP4 192.0.2.1 198.51.100.2 1 2 3\r\n", null },
        { "version 1, a space too many", "PROXY TCP4  192.0.2.1 198.51.100.2 1 2\r\n", null },
        { "version 1, a space at the end", "PROXY TCP4 192.0.2.1 198.51.100.2 1 2 \r\n", null },
        { "version 2, IPv4", Binary(0x21, 0x11, "\u00c0\0\u0002\u0001\u00c6\u0033d\u0002\0\u0001\0\u0019"), "192.0.2.1" },
        { "version 2, IPv4 with TLVs", Binary(0x21, 0x11, "\u00c0\0\u0002\u0001\u00c6\u0033d\u0002\0\u0001\0\u0019\u0004\0\u0002xx"), "192.0.2.1" },
        { "version 2, IPv6", Binary(0x21, 0x21, "\u0020\u0001\u000d\u00b8" + new string('\0', 11) + "\u0001" + new string('\0', 20)), "2001:db8::1" },
        { "version 2, LOCAL", Binary(0x20, 0x00, ""), Unknown },
        { "version 2, LOCAL with an address, which means nothing", Binary(0x20, 0x11, "\u00c0\0\u0002\u0001\u00c6\u0033d\u0002\0\u0001\0\u0019"), Unknown },
        { "version 2, unspecified", Binary(0x21, 0x00, "abc"), Unknown },
        { "version 2, a Unix socket", Binary(0x21, 0x31, new string('\0', 216)), Unknown },
        { "version 2, the longest", Binary(0x21, 0x00, new string('x', 520)), Unknown },
        { "version 2, one octet too long", Binary(0x21, 0x00, new string('x', 521)), null },
        { "version 2, addresses cut off", Binary(0x21, 0x11, "\u00c0\0\u0002\u0001"), null },
        { "version 2, a command that is none", Binary(0x22, 0x11, new string('\0', 12)), null },
        { "version 3", Binary(0x31, 0x11, new string('\0', 12)), null },
        { "version 2, a family that is none", Binary(0x21, 0x41, new string('\0', 12)), null },
        { "version 2, a transport that is none", Binary(0x21, 0x13, new string('\0', 12)), null },
        { "a greeting", "EHLO c.test\r\n", null },
        { "a handshake", "\u0016\u0003\u0001\u0002\0", null },
    };

    [Theory, MemberData(nameof(Rows))]
    public void A_header_reads_the_same_wherever_it_is_cut(string row, string octets, string? address)
    {
        var header = Encoding.Latin1.GetBytes(octets);
        for (var cut = 0; cut < header.Length; cut++)
        {
            var status = ProxyHeader.Read(header.AsSpan(0, cut), out _, out _);
            Assert.True(status == ProxyHeaderStatus.Incomplete || (address is null && status == ProxyHeaderStatus.Malformed), $"{row} cut at {cut}");
        }
        byte[] more = [.. header, .. "EHLO"u8];
        var whole = ProxyHeader.Read(more, out var length, out var client);
        Assert.Equal(address is null ? ProxyHeaderStatus.Malformed : ProxyHeaderStatus.Whole, whole);
        if (address is null)
            return;
        Assert.Equal(header.Length, length);
        Assert.Equal(address, client?.ToString() ?? Unknown);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task What_a_proxy_of_ours_says_is_the_clients_address_in_trace_and_limits(int piece)
    {
        await using var rig = new SmtpRig(options => (options.ProxyNetworks, options.Limits.ConnectionsPerAddress) = ("192.0.2.0/24, 2001:db8:f::/48", 1));
        await using var client = rig.Connect();
        (client.WaitsForGreeting, client.PieceSize) = (false, piece);
        await client.SendAsync("PROXY TCP4 203.0.113.7 198.51.100.2 56324 25\r\n");
        Assert.StartsWith("220", await client.ReadReplyAsync(), StringComparison.Ordinal);
        foreach (var line in (string[])["EHLO c.test", "MAIL FROM:<a@far.test>", "RCPT TO:<alice@us.test>", "DATA"])
            await client.AskAsync(line);
        Assert.StartsWith("250", await client.AskAsync("x\r\n."), StringComparison.Ordinal);
        Assert.Equal("203.0.113.7", Assert.Single(await rig.SpooledAsync()).Envelope.ClientAddress);
        await using var second = rig.Connect();
        second.WaitsForGreeting = false;
        await second.SendAsync("PROXY TCP4 203.0.113.7 198.51.100.2 56325 25\r\n");
        Assert.StartsWith("421", await second.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_implicit_TLS_the_header_stands_before_the_handshake()
    {
        await using var rig = new SmtpRig(options => options.ProxyNetworks = "192.0.2.9/32");
        await using var client = rig.Connect("Submissions");
        await client.SendAsync(Binary(0x21, 0x11, "\u00c0\0\u0002\u0001\u00c6\u0033d\u0002\0\u0001\0\u0019"));
        await client.StartTlsAsync();
        Assert.StartsWith("220", await client.ReadReplyAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Smtp", "EHLO c.test\r\n")]
    [InlineData("Submissions", "\u0016\u0003\u0001\u0002\u0000\u0001")]
    [InlineData("Smtp", "PROXY TCP4 nobody 198.51.100.2 56324 25\r\n")]
    public async Task A_proxy_of_ours_without_a_header_is_hung_up_on_without_a_word(string listener, string octets)
    {
        await using var rig = new SmtpRig(options => options.ProxyNetworks = "192.0.2.9/32");
        await using var client = rig.Connect(listener);
        client.WaitsForGreeting = false;
        await client.SendAsync(octets);
        Assert.Equal("", await client.ReadToEndAsync());
        Assert.Equal(1, rig.Meters[$"refused {listener} NoProxyHeader"]);
    }

    [Fact]
    public async Task A_proxy_of_ours_has_five_seconds_for_its_header()
    {
        var time = new ManualTime();
        await using var rig = new SmtpRig(options => options.ProxyNetworks = "192.0.2.9/32", time: time);
        await using var client = rig.Connect();
        client.WaitsForGreeting = false;
        await client.SendAsync("PROXY ");
        var end = client.ReadToEndAsync();
        while (!end.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(end, Task.Delay(20));
        }
        Assert.Equal("", await end);
        Assert.Equal(1, rig.Meters["limits ProxyHeader"]);
    }

    [Fact]
    public async Task Where_the_proxy_does_not_know_the_client_nobody_is_trusted_for_the_proxys_address()
    {
        await using var rig = new SmtpRig(options => (options.ProxyNetworks, options.RelayNetworks) = ("192.0.2.9/32", "192.0.2.0/24"));
        await using var client = rig.Connect();
        client.WaitsForGreeting = false;
        await client.SendAsync("PROXY UNKNOWN\r\n");
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        await client.AskAsync("MAIL FROM:<a@far.test>");
        Assert.StartsWith("550 5.7.1", await client.AskAsync("RCPT TO:<b@elsewhere.test>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RLY_30_a_header_from_anybody_else_is_a_bad_command()
    {
        await using var rig = new SmtpRig(options => options.ProxyNetworks = "198.51.100.0/24");
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        Assert.StartsWith("500", await client.AskAsync("PROXY TCP4 203.0.113.7 198.51.100.2 56324 25"), StringComparison.Ordinal);
    }

    private static string Binary(byte command, byte family, string rest) =>
        $"{Signature}{(char)command}{(char)family}{(char)(rest.Length >> 8)}{(char)(rest.Length & 255)}{rest}";
}
