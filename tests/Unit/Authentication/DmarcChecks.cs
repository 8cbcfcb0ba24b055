// DMARC: what a domain asks for, what counts for it, and what is done.
using System.Text;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Authentication.Dmarc;
using MailFunctions.Authentication.Spf;
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Mail;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Authentication;

public sealed class DmarcChecks
{
    private static readonly SpfVerdict NoSpf = new(SpfResult.None, SpfIdentity.MailFrom, "");

    [Theory]
    [InlineData("x.test", "p=reject", "x.test", "", "pass")]
    [InlineData("x.test", "p=reject", "", "x.test", "pass")]
    [InlineData("x.test", "p=reject", "", "", "fail reject")]
    [InlineData("x.test", "p=reject", "other.test", "other.test", "fail reject")]
    [InlineData("x.test", "p=reject", "evilx.test", "evilx.test", "fail reject")]
    [InlineData("x.test", "p=reject", "test", "test", "fail reject")]
    [InlineData("x.test", "p=reject", "x.test.evil.test", "", "fail reject")]
    [InlineData("x.test", "p=reject", "a.b.x.test", "", "pass")]
    [InlineData("a.x.test", "p=reject", "x.test", "", "pass")]
    [InlineData("a.x.test", "p=reject", "", "b.x.test", "pass")]
    [InlineData("a.x.test", "p=reject; aspf=s", "x.test", "", "fail reject")]
    [InlineData("a.x.test", "p=reject; aspf=s", "", "x.test", "pass")]
    [InlineData("a.x.test", "p=reject; aspf=s", "a.x.test", "", "pass")]
    [InlineData("a.x.test", "p=reject; adkim=s", "", "x.test", "fail reject")]
    [InlineData("a.x.test", "p=reject; adkim=s", "", "a.x.test", "pass")]
    [InlineData("x.test", "p=reject; sp=none; np=quarantine", "", "", "fail reject")]
    [InlineData("a.x.test", "p=none; sp=reject", "", "", "fail reject")]
    [InlineData("a.x.test", "p=reject; np=none", "", "", "fail reject")]
    [InlineData("gone.x.test", "p=none; sp=none; np=reject", "", "", "fail reject")]
    [InlineData("gone.x.test", "p=none; sp=quarantine", "", "", "fail quarantine")]
    [InlineData("unknown.x.test", "p=none; sp=none; np=reject", "", "", "fail none")]
    [InlineData("x.test", "p=reject; t=y", "", "", "fail quarantine")]
    [InlineData("x.test", "p=quarantine; t=y", "", "", "fail none")]
    [InlineData("x.test", "p=reject; pct=0", "", "", "fail quarantine")]
    [InlineData("x.test", "p=quarantine; pct=0", "", "", "fail none")]
    [InlineData("x.test", "p=none; pct=0", "", "", "fail none")]
    [InlineData("x.test", "rua=mailto:a@x.test", "", "", "fail none")]
    [InlineData("x.test", "", "", "", "none")]
    [InlineData("[192.0.2.1]", "p=reject", "", "", "none")]
    [InlineData("other.test", "p=reject", "other.test", "other.test", "none")]
    public async Task A_domain_gets_what_it_asks_for(string author, string record, string spf, string dkim, string expected)
    {
        var zones = new ZoneResolver().AddTxt("_dmarc.x.test", "v=DMARC1; " + record).AddHost("a.x.test", "192.0.2.1").Fail("unknown.x.test");
        foreach (var organizations in (IOrganizationalDomains[])[new PublicSuffixes(["test"]), new TreeWalk(zones)])
            Assert.Equal(expected, Words(await CheckAsync(zones, organizations, $"a@{author}", spf.Length == 0 ? NoSpf : Passed(spf), dkim)));
    }

    [Theory]
    [InlineData("a@x.test", "x.test", "pass")]
    [InlineData("a@x.test, b@X.TEST.", "x.test", "pass")]
    [InlineData("a@x.test, b@mild.test", "x.test", "fail quarantine")]
    [InlineData("a@x.test, b@mild.test", "mild.test", "fail reject")]
    [InlineData("b@mild.test, a@x.test", "", "fail reject")]
    [InlineData("a@none.test, a@x.test", "none.test", "fail reject")]
    [InlineData("a@down.test, a@x.test", "x.test", "temperror")]
    [InlineData("a@down.test, a@x.test", "", "fail reject")]
    [InlineData("a@x.test|b@mild.test", "mild.test", "fail reject")]
    [InlineData("1@1.test,1@2.test,1@3.test,1@4.test,1@5.test,1@6.test,1@7.test,1@8.test,1@x.test", "", "permerror")]
    [InlineData(null, "x.test", "none")]
    [InlineData("", "x.test", "permerror")]
    [InlineData("x.test", "x.test", "permerror")]
    [InlineData("a@x.test|", "x.test", "permerror")]
    [InlineData("a: b@x.test;", "x.test", "permerror")]
    [InlineData("<@x.test:a@x.test>", "x.test", "permerror")]
    [InlineData("a@x.test <b@mild.test>", "x.test", "permerror")]
    [InlineData("\"a@mild.test\" <b@x.test>", "mild.test", "fail reject")]
    public async Task DK_05_the_strictest_policy_of_all_authors_counts(string? from, string dkim, string expected)
    {
        var zones = new ZoneResolver().AddTxt("_dmarc.x.test", "v=DMARC1; p=reject").Fail("_dmarc.down.test");
        zones.AddTxt("_dmarc.mild.test", "v=DMARC1; p=quarantine");
        var verdict = await CheckAsync(zones, new PublicSuffixes(["test"]), from, NoSpf, dkim);
        Assert.Equal(expected, Words(verdict));
        Assert.Equal(verdict.Result is DmarcResult.Pass or DmarcResult.Fail, verdict.Reason.Length == 0);
    }

    // The authors, the domains that answer for them, and what is told: no message of several domains passes, and none is refused for that alone.
    [Theory]
    [InlineData("a@x.test, b@mild.test", "x.test mild.test", "fail none")]
    [InlineData("a@x.test|b@mild.test", "x.test mild.test", "fail none")]
    [InlineData("a@x.test, b@none.test", "x.test", "fail none")]
    [InlineData("a@none.test, b@x.test", "x.test none.test", "fail none")]
    [InlineData("a@x.test, b@sub.x.test", "x.test", "fail none")]
    [InlineData("a@x.test, b@none.test", "none.test", "fail reject")]
    [InlineData("a@none.test, b@other.test", "none.test", "none")]
    [InlineData("a@x.test, b@down.test", "x.test", "temperror")]
    [InlineData("a@x.test, b@x.test", "x.test", "pass")]
    public async Task DM_01_several_domains_of_authors_never_pass(string from, string dkim, string expected)
    {
        var zones = new ZoneResolver().AddTxt("_dmarc.x.test", "v=DMARC1; p=reject").Fail("_dmarc.down.test");
        zones.AddTxt("_dmarc.mild.test", "v=DMARC1; p=quarantine");
        Assert.Equal(expected, Words(await CheckAsync(zones, new PublicSuffixes(["test"]), from, NoSpf, dkim)));
    }

    [Fact]
    public async Task Nobody_loses_mail_because_SPF_is_not_known()
    {
        var zones = new ZoneResolver().AddTxt("_dmarc.x.test", "v=DMARC1; p=reject");
        var mailFrom = new SpfVerdict(SpfResult.TempError, SpfIdentity.MailFrom, "x.test");
        foreach (var spf in (SpfVerdict?[])[null, mailFrom, mailFrom with { Domain = "a.x.test" }, mailFrom with { Identity = SpfIdentity.Helo }])
        {
            var failed = await CheckAsync(zones, new PublicSuffixes(["test"]), "a@x.test", spf, "");
            Assert.Equal("fail none", Words(failed));
            Assert.Contains("the policy is not applied", failed.Reason, StringComparison.Ordinal);
            Assert.Equal("pass", Words(await CheckAsync(zones, new PublicSuffixes(["test"]), "a@x.test", spf, "x.test")));
        }
        foreach (var result in Enum.GetValues<SpfResult>().Except([SpfResult.TempError, SpfResult.Pass]))
        {
            var spf = new SpfVerdict(result, SpfIdentity.Helo, "x.test");
            Assert.Equal("fail reject", Words(await CheckAsync(zones, new PublicSuffixes(["test"]), "a@x.test", spf, "")));
        }
    }

    // Whoever forges can have his own domain's names fail, or be slow, as he likes: that must not be a way around the author's policy.
    [Theory]
    [InlineData("y.test", "p=reject")]
    [InlineData("x.test.y.test", "p=reject")]
    [InlineData("a.x.test", "p=reject; aspf=s")]
    [InlineData("", "p=reject")]
    [InlineData("[192.0.2.1]", "p=reject")]
    public async Task Trouble_with_a_domain_that_could_not_speak_for_the_author_spares_nobody(string domain, string policy)
    {
        var zones = new ZoneResolver().AddTxt("_dmarc.x.test", $"v=DMARC1; {policy}");
        var spf = new SpfVerdict(SpfResult.TempError, SpfIdentity.MailFrom, domain);
        Assert.Equal("fail reject", Words(await CheckAsync(zones, new PublicSuffixes(["test"]), "a@x.test", spf, "")));
    }

    [Theory]
    [InlineData(DkimVerdict.Pass, false, "x.test", "pass")]
    [InlineData(DkimVerdict.Pass, true, "x.test", "fail reject")]
    [InlineData(DkimVerdict.Fail, false, "x.test", "fail reject")]
    [InlineData(DkimVerdict.Policy, false, "x.test", "fail reject")]
    [InlineData(DkimVerdict.Neutral, false, "x.test", "fail reject")]
    [InlineData(DkimVerdict.PermError, false, "x.test", "fail reject")]
    [InlineData(DkimVerdict.TempError, false, "x.test", "fail none")]
    [InlineData(DkimVerdict.TempError, false, "a.x.test", "fail none")]
    [InlineData(DkimVerdict.TempError, false, "other.test", "fail reject")]
    [InlineData(DkimVerdict.TempError, false, null, "fail none")]
    [InlineData(DkimVerdict.Pass, false, null, "fail reject")]
    public async Task DK_02_only_a_signature_of_all_counts(DkimVerdict verdict, bool isOpen, string? domain, string expected)
    {
        var zones = new ZoneResolver().AddTxt("_dmarc.x.test", "v=DMARC1; p=reject");
        var dkim = new DkimResult(verdict, domain is null ? null : DomainName.Parse(domain), "s", "") { LeavesBodyOpen = isOpen };
        var check = new DmarcCheck(zones, new PublicSuffixes(["test"]), new Random(1));
        Assert.Equal(expected, Words(await check.CheckAsync([Encoding.ASCII.GetBytes("a@x.test")], NoSpf, [dkim], TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task The_draw_spares_as_many_as_the_domain_says()
    {
        var check = new DmarcCheck(new ZoneResolver().AddTxt("_dmarc.x.test", "v=DMARC1; p=reject; pct=30"), new PublicSuffixes(["test"]), new Random(7));
        var rejected = 0;
        for (var i = 0; i < 1000; i++)
        {
            var verdict = await check.CheckAsync([Encoding.ASCII.GetBytes("a@x.test")], NoSpf, [], TestContext.Current.CancellationToken);
            Assert.NotEqual(DmarcPolicy.None, verdict.Disposition);
            rejected += verdict.Disposition == DmarcPolicy.Reject ? 1 : 0;
        }
        Assert.InRange(rejected, 250, 350);
    }

    [Theory]
    [InlineData("_dmarc.a.x.test")]
    [InlineData("_dmarc.x.test")]
    public async Task A_policy_that_cannot_be_learned_is_no_policy_and_no_pass(string down)
    {
        var zones = new ZoneResolver().AddTxt("_dmarc.x.test", "v=DMARC1; p=reject").Fail(down, Trouble.TimedOut);
        foreach (var organizations in (IOrganizationalDomains[])[new PublicSuffixes(["test"]), new TreeWalk(zones)])
            Assert.Equal("temperror", Words(await CheckAsync(zones, organizations, "a@a.x.test", Passed("a.x.test"), "a.x.test")));
    }

    [Fact]
    public async Task Hostile_records_are_as_if_they_were_not_there()
    {
        var zones = new ZoneResolver().Add("_dmarc.x.test", [.. Enumerable.Range(0, 90).Select(i => new TxtRecord(new string((char)(i + 128), 60_000)))]);
        zones.AddTxt("_dmarc.x.test", "v=DMARC1; p=reject");
        Assert.Equal("fail reject", Words(await CheckAsync(zones, new PublicSuffixes(["test"]), "a@x.test", NoSpf, "")));
        zones.AddTxt("_dmarc.x.test", "v=DMARC1; p=none");
        Assert.Equal("none", Words(await CheckAsync(zones, new PublicSuffixes(["test"]), "a@x.test", NoSpf, "")));
        var longest = string.Join('.', Enumerable.Repeat(new string('a', 61), 4));
        Assert.Equal("none", Words(await CheckAsync(zones, new TreeWalk(zones), $"a@{longest}", NoSpf, "")));
    }

    [Fact]
    public async Task The_results_are_written_with_what_they_are_of()
    {
        var zones = new ZoneResolver().AddTxt("_dmarc.x.test", "v=DMARC1; p=reject");
        var dmarc = await CheckAsync(zones, new PublicSuffixes(["test"]), "a@a.x.test", null, "");
        var helo = new SpfVerdict(SpfResult.SoftFail, SpfIdentity.Helo, "x.test; dmarc=pass");
        Assert.Equal(
            "Authentication-Results: us;\r\n\tspf=softfail\r\n\t smtp.helo=\"x.test; dmarc=pass\";\r\n\tspf=pass\r\n\t smtp.mailfrom=y.test;\r\n" +
            "\tdmarc=fail reason=\"the address of the client is not known: the policy is not applied\"\r\n\t header.from=a.x.test\r\n" +
            "\t policy.published-domain-policy=reject\r\n\t policy.applied-disposition=none\r\n",
            new AuthenticationResults(
                "us", [AuthenticationResults.Of(helo), AuthenticationResults.Of(Passed("y.test")), AuthenticationResults.Of(dmarc)]).ToField());
    }

    internal static SpfVerdict Passed(string domain) => new(SpfResult.Pass, SpfIdentity.MailFrom, domain);

    // From fields are parted by "|", the domains of good signatures by spaces.
    private static Task<DmarcVerdict> CheckAsync(IResolver zones, IOrganizationalDomains organizations, string? from, SpfVerdict? spf, string dkim) =>
        new DmarcCheck(zones, organizations, new Random(1)).CheckAsync(
            from is null ? [] : [.. from.Split('|').Select(field => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(field))],
            spf,
            [.. dkim.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(domain => new DkimResult(DkimVerdict.Pass, DomainName.Parse(domain), "s", ""))],
            TestContext.Current.CancellationToken);

    internal static string Words(DmarcVerdict verdict) => verdict.Result == DmarcResult.Fail
        ? $"fail {AuthenticationResults.Word(verdict.Disposition)}"
        : AuthenticationResults.Word(verdict.Result);
}
