// Rows of settings and routes, and who takes the mail for a domain.
using System.Net;
using MailFunctions.App;
using MailFunctions.App.Pipeline.Relaying;
using MailFunctions.Mail;
using MailFunctions.Rig;
using MailFunctions.Rig.Peers;
using MailFunctions.Smtp.Client;

namespace MailFunctions.Pipeline.Functions;

public sealed class SmarthostChoiceTests
{
    private static readonly SmarthostOptions All = new(DomainName.Parse("all.test"), 587, TlsMode.Never, null, null);
    private static readonly SmarthostOptions Office = new(DomainName.Parse("office.test"), 2525, TlsMode.Never, null, null);

    // "all" is the smarthost for everything, "office" one that only routes lead to
    [Theory]
    [InlineData("", "far.test", "exchangers")]
    [InlineData("all", "far.test", "all.test:587")]
    [InlineData("all", "backed.test", "exchangers")] // we are its backup: the smarthost would send it back
    [InlineData("all", "[192.0.2.1]", "all.test:587")]
    [InlineData("office", "far.test", "exchangers")]
    [InlineData("office", "routed.test", "office.test:2525")]
    [InlineData("all office", "routed.test", "office.test:2525")]
    [InlineData("all office", "www.routed.test", "all.test:587")]
    [InlineData("all", "direct.test", "exchangers")]
    [InlineData("all", "routed.test", "missing office")]
    [InlineData("", "routed.test", "missing office")]
    [InlineData("", "direct.test", "exchangers")]
    public async Task Mail_for_a_domain_is_taken_by(string settings, string domain, string expected)
    {
        var taker = await new SmarthostChoice(Directory(), Options(settings)).ForAsync(DomainName.Parse(domain), CancellationToken.None);
        Assert.Equal(expected, taker.Missing is { } missing ? $"missing {missing}" : taker.Smarthost?.Site ?? "exchangers");
    }

    [Fact]
    public async Task A_route_takes_mail_to_its_smarthost_and_the_rest_goes_its_way()
    {
        await using var rig = new RelayRig(options => options with { Smarthosts = Options("office").Smarthosts });
        rig.Directory.Route("routed.test", "office");
        var exchanger = rig.Domain("far.test");
        await using var office = new ScriptedPeer(new PeerScript());
        rig.Zone.AddHost("office.test", "198.51.100.7");
        rig.Network.Add(new IPEndPoint(IPAddress.Parse("198.51.100.7"), 2525), office);

        rig.Submit("a@routed.test", "b@far.test");
        await rig.RunToRestAsync();

        Assert.Equal((1, 0), (RelayRig.Copies(office, "a@routed.test"), RelayRig.Copies(office, "b@far.test")));
        Assert.Equal((0, 1), (RelayRig.Copies(exchanger, "a@routed.test"), RelayRig.Copies(exchanger, "b@far.test")));
    }

    [Fact]
    public async Task Mail_routed_by_a_smarthost_that_nobody_configured_waits_and_says_why()
    {
        await using var rig = new RelayRig(options => options with { Smarthost = All });
        rig.Directory.Route("routed.test", "office");
        var id = rig.Submit("a@routed.test");
        await rig.DrainAsync();
        var trouble = Assert.Single(rig.Stores.Ledger[id].Destinations).LastTrouble!;
        Assert.Equal("4.3.5", trouble.Status.ToString());
        Assert.Contains("Mail:Smarthosts", trouble.Text, StringComparison.Ordinal);
        Assert.Empty(rig.Network.DialledAddresses);
    }

    [Fact]
    public async Task F20_a_directory_that_cannot_be_asked_sends_nothing_the_wrong_way()
    {
        await using var rig = new RelayRig(options => options with { Smarthost = All });
        rig.Submit("a@far.test");
        await rig.Route.RunAsync(rig.Stores.Queue.TryTake()!.Value.Item.ToBytes(), CancellationToken.None);
        rig.Directory.IsDown = true;
        var (_, item) = rig.Stores.Queue.TryTake()!.Value;
        await Assert.ThrowsAsync<MailFunctions.Mail.Stores.StoreUnavailableException>(() => rig.Relay.RunAsync(item.ToBytes(), CancellationToken.None));
        Assert.Empty(rig.Network.DialledAddresses);
    }

    private static MemoryDirectory Directory() => new MemoryDirectory()
        .Domain("backed.test", "me@backed.test", DomainKind.RelayFor).Route("routed.test", "office").Route("direct.test", DomainRoute.Exchangers);

    private static RelayOptions Options(string settings) => new()
    {
        Hostname = DomainName.Parse("mail.example.test"),
        Smarthost = settings.Contains("all", StringComparison.Ordinal) ? All : null,
        Smarthosts = settings.Contains("office", StringComparison.Ordinal) ? new Dictionary<string, SmarthostOptions> { ["office"] = Office } : new Dictionary<string, SmarthostOptions>(),
    };
}
