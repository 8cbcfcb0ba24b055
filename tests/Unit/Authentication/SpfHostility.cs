// Records and clients that are made to cost us, or others, more than a check may.
using System.Net;
using System.Text;
using MailFunctions.Authentication.Spf;
using MailFunctions.Dns.Records;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Authentication;

public sealed class SpfHostility
{
    private readonly ZoneResolver _zones = new();

    [Theory]
    [InlineData("v=spf1 include:a.test -all")]
    [InlineData("v=spf1 redirect=a.test")]
    [InlineData("v=spf1 include:b.a.test include:c.a.test -all")]
    [InlineData("v=spf1 include:%{d} -all")]
    [InlineData("v=spf1 redirect=%{d1r}.%{d}")]
    public async Task SPF_03_records_that_lead_in_a_circle_end(string record)
    {
        foreach (var name in new[] { "a.test", "b.a.test", "c.a.test", "a.a.test" })
            _zones.AddTxt(name, record);
        Assert.Equal(SpfResult.PermError, (await CheckAsync("x@a.test")).Result);
        Assert.InRange(_zones.Asked.Count, 1, 12);
    }

    [Fact]
    public async Task SPF_03_exchanges_and_names_cost_no_more_than_a_hundred_questions()
    {
        _zones.AddTxt("a.test", $"v=spf1 {string.Join(' ', Enumerable.Range(0, 12).Select(number => $"mx:m{number}.test"))} -all");
        for (var number = 0; number < 12; number++)
        {
            for (var exchange = 0; exchange < 10; exchange++)
                _zones.AddMx($"m{number}.test", 1, $"x{exchange}.m{number}.test").AddHost($"x{exchange}.m{number}.test", "192.0.2.200");
        }
        Assert.Equal(SpfResult.PermError, (await CheckAsync("x@a.test")).Result);
        Assert.InRange(_zones.Asked.Count, 100, 1 + 10 + 100);
    }

    [Fact]
    public async Task SPF_03_a_client_with_a_thousand_names_is_looked_up_ten_times()
    {
        _zones.AddTxt("a.test", "v=spf1 ptr ptr:b.test exists:%{p}.x.test ?all");
        for (var number = 0; number < 1_000; number++)
            _zones.AddPtr("192.0.2.1", $"n{number}.elsewhere.test");
        Assert.Equal(SpfResult.Neutral, (await CheckAsync("x@a.test")).Result);
        Assert.InRange(_zones.Asked.Count, 1, 1 + 1 + 10 + 1);
    }

    [Fact]
    public async Task SPF_03_names_that_do_not_exist_are_asked_for_three_times()
    {
        _zones.AddTxt("a.test", $"v=spf1 {string.Join(' ', Enumerable.Range(0, 9).Select(number => $"exists:n{number}.%{{l}}.test"))} -all");
        Assert.Equal(SpfResult.PermError, (await CheckAsync("x@a.test")).Result);
        Assert.Equal(1 + 3, _zones.Asked.Count);
    }

    [Fact]
    public async Task SPF_03_a_giant_record_is_read_once()
    {
        _zones.AddTxt("a.test", $"v=spf1 {string.Join(' ', Enumerable.Repeat("ip4:198.51.100.0/24", 3_000))} -all");
        Assert.Equal(SpfResult.Fail, (await CheckAsync("x@a.test")).Result);
        Assert.Single(_zones.Asked);
    }

    // Whatever is left of a record, there is a result; and only the whole one is this one.
    [Theory]
    [InlineData("v=spf1 a:%{ir}.%{v}.b.test/24//64 mx ptr:c.test ip4:192.0.2.0/25 ip6:2001:db8::/32 ?exists:%{l1r+-}.d.test redirect=e.test", 0)]
    [InlineData("v=spf1 -all exp=%{d2}.why.test", 0)]
    [InlineData("%{s} may not %% send from %{c}, %_ says %{R} at %{t}", 1)]
    public async Task SPF_04_a_record_that_is_cut_anywhere_gives_a_result(string text, int isExplanation)
    {
        for (var length = 0; length <= text.Length; length++)
        {
            _zones.Remove("a.test").Remove("why.test");
            _zones.AddTxt("a.test", isExplanation == 0 ? text[..length] : "v=spf1 -all exp=why.test");
            _zones.AddTxt("why.test", isExplanation == 0 ? "why" : text[..length]);
            Assert.True(Enum.IsDefined((await CheckAsync("x@a.test")).Result));
        }
    }

    [Theory]
    [InlineData("\"a b\"@a.test")]
    [InlineData("@a.test")]
    [InlineData("a@b@a.test")]
    [InlineData("\u00e4@a.test")]
    [InlineData("%{s}@a.test")]
    [InlineData("a\r\nb@a.test")]
    public async Task SPF_04_a_senders_own_words_are_only_words(string sender)
    {
        _zones.AddTxt("a.test", "v=spf1 exists:%{l}.%{L}.%{s}.b.test -all exp=why.test").AddTxt("why.test", "%{s} %{S}");
        var verdict = await CheckAsync(sender);
        Assert.Equal(SpfResult.Fail, verdict.Result);
        Assert.DoesNotContain(verdict.Explanation?.Text ?? "", text => text is < ' ' or > '~');
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("[192.0.2.1]")]
    [InlineData("a..test")]
    [InlineData("\u00e4.\u00f6")]
    public async Task Without_a_domain_there_is_no_question(string helo)
    {
        var check = new SpfCheck(_zones, "us.test", TimeProvider.System);
        Assert.Equal(SpfResult.None, (await check.CheckAsync(new SpfClient(IPAddress.Loopback, helo, ""), CancellationToken.None)).Result);
        Assert.DoesNotContain(_zones.Asked, asked => asked.Name.LabelCount < 2);
    }

    [Fact]
    public async Task An_address_in_IPv6_form_is_the_IPv4_address_it_is()
    {
        _zones.Add("a.test", new TxtRecord(Encoding.ASCII.GetBytes("v=spf1 ip4:192.0.2.1 -all")));
        var check = new SpfCheck(_zones, "us.test", TimeProvider.System);
        Assert.Equal(SpfResult.Pass, (await check.CheckAsync(new SpfClient(IPAddress.Parse("::ffff:192.0.2.1"), "", "x@a.test"), CancellationToken.None)).Result);
    }

    private Task<SpfVerdict> CheckAsync(string sender) =>
        new SpfCheck(_zones, "us.test", TimeProvider.System).CheckAsync(new SpfClient(IPAddress.Parse("192.0.2.1"), "c.test", sender), CancellationToken.None);
}
