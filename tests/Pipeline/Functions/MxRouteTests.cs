// Rows of zones and the way that mail takes through them (RFC 5321 5).
using MailFunctions.App;
using MailFunctions.App.Pipeline.Relaying;
using MailFunctions.Dns;
using MailFunctions.Mail;
using MailFunctions.Rig;
using MailFunctions.Smtp.Client;

namespace MailFunctions.Pipeline.Functions;

public sealed class MxRouteTests
{
    private static readonly System.Net.IPAddress[] Own = [System.Net.IPAddress.Parse("203.0.113.25"), System.Net.IPAddress.Parse("2001:db8::25")];

    // Records are "MX name preference host", "A name address", "FAIL name".
    [Theory]
    // preference decides, whatever the order of the answer
    [InlineData("x.test", "MX x.test 20 b.test; MX x.test 10 a.test; A a.test 192.0.2.1; A b.test 192.0.2.2", "192.0.2.1 192.0.2.2")]
    // no MX: the domain's own addresses, IPv6 and IPv4 in turn
    [InlineData("x.test", "A x.test 192.0.2.1; A x.test 192.0.2.2; A x.test 2001:db8::1", "2001:db8::1 192.0.2.1 192.0.2.2")]
    // five addresses of one host, two of each of several
    [InlineData("x.test", "MX x.test 1 a.test; A a.test 192.0.2.1; A a.test 192.0.2.2; A a.test 192.0.2.3; A a.test 192.0.2.4; A a.test 192.0.2.5; A a.test 192.0.2.6",
        "192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 192.0.2.5")]
    [InlineData("x.test", "MX x.test 1 a.test; MX x.test 2 b.test; MX x.test 3 c.test; A a.test 192.0.2.1; A a.test 192.0.2.2; A a.test 192.0.2.3; A b.test 192.0.2.4; "
        + "A b.test 192.0.2.5; A c.test 192.0.2.6; A c.test 192.0.2.7", "192.0.2.1 192.0.2.2 192.0.2.4 192.0.2.5 192.0.2.6")]
    // a host without addresses, or with addresses that cannot be learned now, is passed over
    [InlineData("x.test", "MX x.test 1 a.test; MX x.test 2 b.test; A b.test 192.0.2.2", "192.0.2.2")]
    [InlineData("x.test", "MX x.test 1 a.test; MX x.test 2 b.test; FAIL a.test; A b.test 192.0.2.2", "192.0.2.2")]
    // ourselves in the list: only better ones
    [InlineData("x.test", "MX x.test 10 a.test; MX x.test 20 mail.example.test; MX x.test 20 b.test; MX x.test 30 c.test; A a.test 192.0.2.1; A b.test 192.0.2.2; A c.test 192.0.2.3", "192.0.2.1")]
    [InlineData("x.test", "MX x.test 10 MAIL.example.test; MX x.test 20 b.test; A b.test 192.0.2.2", "never 5.4.6")]
    [InlineData("mail.example.test", "A mail.example.test 192.0.2.1", "never 5.4.6")]
    // LP-05 an exchanger with an address of ours is ourselves, whatever it is called
    [InlineData("x.test", "MX x.test 10 a.test; MX x.test 20 us.test; MX x.test 20 b.test; MX x.test 30 c.test; A a.test 192.0.2.1; A us.test 203.0.113.25; A b.test 192.0.2.2; A c.test 192.0.2.3", "192.0.2.1")]
    [InlineData("x.test", "MX x.test 10 us.test; MX x.test 20 b.test; A us.test 2001:db8::25; A b.test 192.0.2.2", "never 5.4.6")]
    [InlineData("x.test", "MX x.test 10 us.test; A us.test 64:ff9b::203.0.113.25", "never 5.4.6")]
    [InlineData("x.test", "MX x.test 10 a.test; MX x.test 20 us.test; FAIL a.test; A us.test 203.0.113.25", "later 4.4.3")]
    [InlineData("x.test", "A x.test 203.0.113.25", "never 5.4.6")]
    [InlineData("x.test", "MX x.test 1 a.test; MX x.test 2 b.test; MX x.test 2 c.test; MX x.test 2 us.test; A a.test 192.0.2.1; A a.test 192.0.2.2; A b.test 192.0.2.3; A b.test 192.0.2.4; "
        + "A c.test 192.0.2.5; A us.test 203.0.113.25", "192.0.2.1 192.0.2.2")]
    [InlineData("x.test", "MX x.test 1 a.test; MX x.test 2 b.test; MX x.test 2 c.test; MX x.test 3 us.test; A a.test 192.0.2.1; A a.test 192.0.2.2; A b.test 192.0.2.3; A b.test 192.0.2.4; "
        + "A c.test 192.0.2.5; A us.test 203.0.113.25", "192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 192.0.2.5")]
    [InlineData("[203.0.113.25]", "", "never 5.4.6")]
    // final
    [InlineData("x.test", "", "never 5.1.2")]
    [InlineData("x.test", "MX x.test 0 .", "never 5.1.10")]
    [InlineData("x.test", "MX x.test 0 .; MX x.test 10 a.test; A a.test 192.0.2.1", "192.0.2.1")]
    [InlineData("x.test", "MX x.test 10 a.test", "never 5.4.4")]
    [InlineData("x.test", "MX www.x.test 10 a.test", "never 5.1.2")]
    // not known now
    [InlineData("x.test", "FAIL x.test", "later 4.4.3")]
    [InlineData("x.test", "MX x.test 10 a.test; FAIL a.test", "later 4.4.3")]
    [InlineData("x.test", "MX x.test 10 a.test; MX x.test 20 b.test; FAIL b.test", "later 4.4.3")]
    // literals
    [InlineData("[192.0.2.9]", "", "192.0.2.9")]
    [InlineData("[IPv6:2001:db8::9]", "", "2001:db8::9")]
    public async Task DN_05_DN_06_DN_07_LP_05_mail_takes_this_way(string domain, string zone, string expected)
    {
        var route = await Route(zone).FindAsync(DomainName.Parse(domain), default, CancellationToken.None);

        Assert.Equal(expected, Describe(route));
    }

    [Fact]
    public async Task Equal_exchangers_are_taken_in_an_order_of_chance_and_better_ones_first_all_the_same()
    {
        const string Zone = "MX x.test 10 a.test; MX x.test 10 b.test; MX x.test 5 c.test; A a.test 192.0.2.1; A b.test 192.0.2.2; A c.test 192.0.2.3";
        var random = new Random(1);
        var routes = new List<string>();
        for (var time = 0; time < 100; time++)
            routes.Add(Describe(await Route(Zone, below: random.Next).FindAsync(DomainName.Parse("x.test"), default, CancellationToken.None)));

        Assert.Equal(["192.0.2.3 192.0.2.1 192.0.2.2", "192.0.2.3 192.0.2.2 192.0.2.1"], routes.Distinct().Order(StringComparer.Ordinal));
        Assert.InRange(routes.Count(route => route.EndsWith('2')), 30, 70);
    }

    [Theory]
    [InlineData("A smart.test 192.0.2.5; MX x.test 10 a.test; A a.test 192.0.2.1", "192.0.2.5")]
    [InlineData("A smart.test 192.0.2.5", "192.0.2.5")] // the domain itself is the smarthost's affair
    [InlineData("FAIL smart.test", "later 4.4.3")]
    [InlineData("", "later 4.4.4")] // our own mistake bounces nobody's mail
    public async Task A_smarthost_takes_everything(string zone, string expected)
    {
        var smarthost = new SmarthostOptions(DomainName.Parse("smart.test"), 587, TlsMode.Required, null, null);

        var route = await Route(zone).FindAsync(DomainName.Parse("x.test"), new Taker(smarthost), CancellationToken.None);

        Assert.Equal(expected, Describe(route));
        if (route is Route.Hosts(var hosts))
            Assert.All(hosts, host => Assert.Equal(("smart.test", 587), (host.Name, host.EndPoint.Port)));
    }

    private static MxRoute Route(string zone, Func<int, int>? below = null)
    {
        var resolver = new ZoneResolver();
        foreach (var record in zone.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = record.Split(' ');
            _ = parts[0] switch
            {
                "MX" => resolver.AddMx(parts[1], ushort.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture), parts[3]),
                "A" => resolver.AddHost(parts[1], parts[2]),
                "FAIL" => resolver.Fail(parts[1], Trouble.ServerFailed),
                _ => throw new FormatException(record),
            };
        }
        var options = new RelayOptions { Hostname = DomainName.Parse("mail.example.test") };
        return new MxRoute(resolver, options, new RefusedAddresses(Own), new RelaySeams { Below = below ?? (_ => 0) });
    }

    private static string Describe(Route route) => route switch
    {
        Route.Hosts(var hosts) => string.Join(' ', hosts.Select(host => host.EndPoint.Address)),
        Route.Later(var status, _) => $"later {status}",
        Route.Never(var status, _) => $"never {status}",
        _ => throw new InvalidOperationException(),
    };
}
