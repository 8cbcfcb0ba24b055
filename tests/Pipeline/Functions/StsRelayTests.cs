// Mail to domains with MTA-STS policies, and servers that fit them or do not.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig.Peers;
using static MailFunctions.Pipeline.Functions.RelayRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class StsRelayTests : IAsyncDisposable
{
    private const int WouldRefuse = 1133;

    private readonly TestAuthority _authority = new();
    private readonly RelayRig _rig;

    public StsRelayTests() => _rig = new RelayRig(options => options with { TrustedRoots = _authority.Roots });

    // The certificate's name, or what else is wrong; what a policy in force makes of it.
    public static TheoryData<string, string, string> Rows => new()
    {
        { "mx.one.test", "mx.one.test", "" },
        { "mx.one.test", "*.one.test", "" },
        { "mx.two.test", "mx.one.test", "4.7.5" },
        { "expired", "mx.one.test", "4.7.5" },
        { "stranger", "mx.one.test", "4.7.5" },
        { "clear", "mx.one.test", "4.7.4" },
        { "refused", "mx.one.test", "4.7.0" },
        { "mx.one.test", "mx.two.test", "4.7.0" },
        { "mx.one.test", "*.two.test", "4.7.0" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task TLS_09_enforced_mail_goes_under_tls_to_a_host_with_a_good_certificate_that_the_policy_names_or_waits(
        string server, string mx, string status)
    {
        var peer = _rig.Domain("one.test", Script(server));
        Publish("enforce", mx);
        var id = _rig.Submit("a@one.test");

        await _rig.DrainAsync();

        if (status.Length == 0)
        {
            Assert.True(Assert.Single(peer.Sessions).IsTls);
            Assert.Single(peer.Taken);
            return;
        }
        Assert.DoesNotContain(peer.Sessions, session => session.Messages.Count > 0);
        var found = Assert.IsType<LedgerReading.Found>(await _rig.Stores.Ledger.ReadAsync(id, default));
        Assert.StartsWith(status, found.Ledger.Find("one.test")!.LastTrouble!.Status.ToString(), StringComparison.Ordinal);
        Assert.Empty(_rig.ReportsTo(Alice));

        // When the domain is in order again, so is its mail.
        _rig.Replace(1, Script("mx.one.test"));
        Publish("enforce", "mx.one.test", "2");
        await _rig.RunToRestAsync();
        Assert.Empty(_rig.ReportsTo(Alice));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Tested_mail_is_delivered_whatever_is_found_and_that_is_noted(string server, string mx, string status)
    {
        var peer = _rig.Domain("one.test", Script(server));
        Publish("testing", mx);
        _rig.Submit("a@one.test");

        await _rig.DrainAsync();

        Assert.Single(peer.Taken);
        Assert.Equal(status.Length > 0, _rig.Log.Lines.Any(line => line.Event == WouldRefuse));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("")]
    public async Task Mode_none_and_no_policy_change_nothing(string mode)
    {
        var peer = _rig.Domain("one.test", Script("mx.two.test"));
        if (mode.Length > 0)
            Publish(mode, "mx.three.test");
        _rig.Submit("a@one.test");

        await _rig.DrainAsync();

        Assert.Single(peer.Taken);
        Assert.DoesNotContain(_rig.Log.Lines, line => line.Event == WouldRefuse);
    }

    [Fact]
    public async Task Of_several_exchangers_those_are_passed_over_that_the_policy_does_not_name_however_many_come_first()
    {
        var evil = Enumerable.Range(0, 30).Select(number => _rig.Exchanger("one.test", 1, $"mx{number}.evil.test", Script($"mx{number}.evil.test"))).ToList();
        var good = _rig.Exchanger("one.test", 50, "mx.one.test", Script("mx.one.test"));
        Publish("enforce", "mx.one.test");
        _rig.Submit("a@one.test");

        await _rig.DrainAsync();

        Assert.Single(good.Taken);
        Assert.All(evil, peer => Assert.Empty(peer.Sessions));
    }

    [Fact]
    public async Task The_next_exchanger_is_tried_after_one_whose_certificate_is_bad()
    {
        var bad = _rig.Exchanger("one.test", 1, "a.one.test", Script("mx.two.test"));
        var good = _rig.Exchanger("one.test", 2, "b.one.test", Script("b.one.test"));
        Publish("enforce", "*.one.test");
        _rig.Submit("a@one.test");

        await _rig.DrainAsync();

        Assert.Empty(bad.Taken);
        Assert.Single(good.Taken);
    }

    [Fact]
    public async Task A_domain_without_exchangers_is_its_own_and_must_be_named()
    {
        _rig.Zone.AddHost("one.test", "203.0.113.200");
        Publish("enforce", "mx.one.test");
        var id = _rig.Submit("a@one.test");

        await _rig.DrainAsync();

        var found = Assert.IsType<LedgerReading.Found>(await _rig.Stores.Ledger.ReadAsync(id, default));
        Assert.StartsWith("4.7.0", found.Ledger.Find("one.test")!.LastTrouble!.Status.ToString(), StringComparison.Ordinal);
        Assert.Empty(_rig.Network.DialledAddresses);
    }

    [Fact]
    public async Task Mail_through_a_smarthost_is_the_smarthosts_affair()
    {
        var smart = new MailFunctions.App.SmarthostOptions(DomainName.Parse("smart.test"), 25, MailFunctions.Smtp.Client.TlsMode.Never, null, null);
        await using var rig = new RelayRig(options => options with { Smarthost = smart });
        rig.Zone.AddHost("smart.test", "203.0.113.99").AddTxt("_mta-sts.one.test", "v=STSv1; id=1;");
        var peer = new ScriptedPeer(new PeerScript());
        await using (peer)
        {
            rig.Network.Add(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("203.0.113.99"), 25), peer);
            rig.Submit("a@one.test");
            await rig.DrainAsync();
            Assert.Single(peer.Taken);
        }
        Assert.Empty(rig.Policies.Fetched);
    }

    [Fact]
    public async Task Mail_that_waits_for_a_good_certificate_in_vain_comes_back_after_its_time_with_the_reason()
    {
        _rig.Domain("one.test", Script("mx.two.test"));
        Publish("enforce", "mx.one.test");
        _rig.Submit("a@one.test");

        await _rig.RunToRestAsync();

        var failed = Assert.Single(_rig.ReportsTo(Alice), report => report.Contains("Action: failed", StringComparison.Ordinal));
        Assert.Contains("TLS handshake failed", failed, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        _authority.Dispose();
    }

    private PeerScript Script(string server)
    {
        using var stranger = new TestAuthority();
        return server switch
        {
            "clear" => new PeerScript(),
            "refused" => new PeerScript { Certificate = _authority.Issue("mx.one.test") }.Saying(PeerStage.StartTls, "454 4.7.0 not now"),
            "expired" => new PeerScript { Certificate = _authority.Issue("mx.one.test", isExpired: true) },
            "stranger" => new PeerScript { Certificate = stranger.Issue("mx.one.test") },
            _ => new PeerScript { Certificate = _authority.Issue(server) },
        };
    }

    private void Publish(string mode, string mx, string id = "1")
    {
        _rig.Zone.Remove("_mta-sts.one.test").AddTxt("_mta-sts.one.test", $"v=STSv1; id={id};");
        _rig.Policies.Publish("one.test", $"version: STSv1\nmode: {mode}\nmx: {mx}\nmax_age: 604800\n");
    }
}
