// Bent headers of proxies, in front of a session.
using System.IO.Pipelines;
using System.Net;
using MailFunctions.Gateway.Connections;
using MailFunctions.Protocol;
using MailFunctions.Protocol.Smtp;

namespace MailFunctions.Fuzz;

public sealed class Proxy : Target
{
    private const string Signature = "\r\n\r\n\0\r\nQUIT\n";
    private const string Session = "EHLO c.test\r\nMAIL FROM:<a@far.test>\r\nRCPT TO:<b@elsewhere.test>\r\nRCPT TO:<alice@us.test>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n";
    private const string Addresses = "\u00c0\0\u0002\u0001\u00c6\u0033d\u0002\0\u0001\0\u0019";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Recorded =>
    [
        "PROXY TCP4 203.0.113.7 198.51.100.2 56324 25\r\n" + Session,
        "PROXY TCP6 2001:db8::1 ::ffff:198.51.100.2 65535 0\r\n" + Session,
        "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 1 2 3\r\n" + Session,
        $"{Signature}\u0021\u0011\0\u000c{Addresses}{Session}",
        $"{Signature}\u0021\u0011\0\u0011{Addresses}\u0004\0\u0002xx{Session}",
        $"{Signature}\u0021\u0021\0\u0024\u0020\u0001\u000d\u00b8{new string('\0', 11)}\u0001{new string('\0', 20)}{Session}",
        $"{Signature}\u0020\0\0\0{Session}",
        $"{Signature}\u0021\u0031\0\u00d8{new string('\0', 216)}{Session}",
    ];

    /// <inheritdoc/>
    protected override async Task PlayAsync(IReadOnlyList<byte[]> pieces)
    {
        var (status, length, address) = Judge([.. pieces.SelectMany(piece => piece)]);
        // The session believes what the header says, and nothing it cannot read: a proxy's own network may relay, its clients may not.
        await using var rig = new SmtpRig(options => (options.ProxyNetworks, options.RelayNetworks) = ("192.0.2.9/32", "192.0.2.9/32"), withTls: false);
        string said;
        await using (var client = new MemoryClient(rig.HandlerOf("Smtp").OnConnectedAsync, scheduler: PipeScheduler.Inline) { WaitsForGreeting = false })
        {
            var reading = client.ReadToEndAsync();
            foreach (var piece in pieces)
            {
                if (reading.IsCompleted)
                    break;
                await client.SendAsync(piece);
            }
            await client.CloseAsync();
            said = await reading;
            await client.Ended;
        }
        if (status != ProxyHeaderStatus.Whole)
        {
            Assert.Equal("", said);
            Assert.Equal(1, rig.Meters["refused Smtp NoProxyHeader"]);
            return;
        }
        Assert.InRange(length, 8, ProxyHeader.MaxBinary);
        Assert.True(said.StartsWith("220 ", StringComparison.Ordinal) || said == "554 5.5.0 Wait for the greeting, closing connection\r\n", said);
        Assert.Equal(0, rig.Meters["connections Smtp"]);
        foreach (var (envelope, _) in await rig.SpooledAsync())
        {
            Assert.Equal(address?.ToString(), envelope.ClientAddress);
            Assert.True(address?.ToString() == "192.0.2.9" || envelope.Recipients.All(to => to.IsLocal));
        }
    }

    // What every beginning of the octets is read as: more octets may complete a header, and change nothing that was complete or malformed.
    private static (ProxyHeaderStatus Status, int Length, IPAddress? Address) Judge(byte[] octets)
    {
        var last = (Status: ProxyHeaderStatus.Incomplete, Length: 0, Address: (IPAddress?)null);
        for (var count = 0; count <= Math.Min(octets.Length, ProxyHeader.MaxBinary + 1); count++)
        {
            var status = ProxyHeader.Read(octets.AsSpan(0, count), out var length, out var address);
            if (last.Status == ProxyHeaderStatus.Whole)
                Assert.Equal(last, (status, length, address));
            else if (last.Status == ProxyHeaderStatus.Malformed)
                Assert.Equal(ProxyHeaderStatus.Malformed, status);
            else if (status == ProxyHeaderStatus.Whole)
                Assert.Equal(count, length); // whole with its last octet, not before and not after
            last = (status, length, address);
        }
        return last;
    }
}
